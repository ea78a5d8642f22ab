// Qt is C++, so nothing of it is imported: this module is there for the flags of pkg-config.
