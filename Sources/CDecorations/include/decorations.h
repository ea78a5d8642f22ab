#ifndef CARILLON_DECORATIONS_H
#define CARILLON_DECORATIONS_H

#include <stdbool.h>

/// A record that a decoration leaves in a section of the program, or of a library: it tells a collector what it declares.
typedef void (*carillon_decoration)(void *collector);

/// Calls every record of the program and of the libraries that are loaded, those of the program first.
///
/// The linker gathers the records of an image in a section named `carillon_jobs`. Each image has one of its own: that of
/// the image that this function is in has its bounds marked by the linker, and those of others are found in their files.
///
/// @param enter Called before the records of an image: with an empty name for the program, else with the path of the library.
void carillon_call_decorations(void *collector, void (*enter)(void *collector, const char *image));

/// Whether the program is linked with the product that has the decorations, whatever became of its sections.
bool carillon_has_decorations(void);

#endif
