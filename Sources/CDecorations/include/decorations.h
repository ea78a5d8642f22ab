#ifndef CARILLON_DECORATIONS_H
#define CARILLON_DECORATIONS_H

/// A record that a decoration leaves in a section of the program: it tells a collector what it declares.
typedef void (*carillon_decoration)(void *collector);

/// Calls every record of the program.
///
/// The linker gathers the records in a section named `carillon_jobs` and marks its bounds. A library that is loaded at run
/// time has a section of its own, whose records are not among these.
void carillon_call_decorations(void *collector);

#endif
