#if !defined(__APPLE__)
#define _GNU_SOURCE
#endif
#include "decorations.h"

#include <stddef.h>
#include <stdint.h>

// Defined by the product that has the decorations.
extern void carillon_decorations_are_linked(void) __attribute__((weak));

bool carillon_has_decorations(void) { return carillon_decorations_are_linked != NULL; }

/// The records of an image.
typedef struct {
    const char *image;
    carillon_decoration *records;
    size_t count;
} carillon_records;

static void call(const carillon_records *found, void *collector, void (*enter)(void *, const char *)) {
    if (found->count == 0) return;
    enter(collector, found->image);
    for (size_t index = 0; index < found->count; index++) found->records[index](collector);
}

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#include <mach-o/getsect.h>

void carillon_call_decorations(void *collector, void (*enter)(void *, const char *)) {
    for (uint32_t index = 0; index < _dyld_image_count(); index++) {
        const struct mach_header_64 *image = (const struct mach_header_64 *)_dyld_get_image_header(index);
        unsigned long size = 0;
        carillon_decoration *records =
            image ? (carillon_decoration *)getsectiondata(image, "__DATA", "carillon_jobs", &size) : NULL;
        if (!records) continue;
        carillon_records found = {index == 0 ? "" : _dyld_get_image_name(index), records, size / sizeof *records};
        call(&found, collector, enter);
    }
}
#elif defined(__linux__)
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Weak: an image without a decoration has no such section.
extern carillon_decoration __start_carillon_jobs[] __attribute__((weak));
extern carillon_decoration __stop_carillon_jobs[] __attribute__((weak));

typedef struct {
    carillon_records *images;
    size_t count, room;
    /// How many images had been loaded and unloaded by then.
    unsigned long long loads, unloads;
} carillon_images;

static bool read_at(int file, void *bytes, size_t count, off_t offset) {
    return pread(file, bytes, count, offset) == (ssize_t)count;
}

/// Whether the file of an image is the one that was loaded: it may have been replaced since.
static bool is_as_loaded(int file, const ElfW(Ehdr) *header, const struct dl_phdr_info *info) {
    size_t size = info->dlpi_phnum * sizeof(ElfW(Phdr));
    ElfW(Phdr) *parts = malloc(size);
    bool is_same = parts && header->e_phnum == info->dlpi_phnum && header->e_phentsize == sizeof *parts &&
        read_at(file, parts, size, (off_t)header->e_phoff) && memcmp(parts, info->dlpi_phdr, size) == 0;
    free(parts);
    return is_same;
}

/// Returns the section of an image by the table in its file, which a program that runs does not have in memory.
static carillon_records section(const char *path, const char *image, const struct dl_phdr_info *info) {
    carillon_records found = {image, NULL, 0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return found;
    ElfW(Ehdr) header;
    ElfW(Shdr) *table = NULL;
    char *names = NULL;
    if (!read_at(file, &header, sizeof header, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_shentsize != sizeof *table || header.e_shnum == 0 || header.e_shstrndx >= header.e_shnum ||
        !is_as_loaded(file, &header, info))
        goto end;
    size_t size = header.e_shnum * sizeof *table;
    if (!(table = malloc(size)) || !read_at(file, table, size, (off_t)header.e_shoff)) goto end;
    ElfW(Shdr) texts = table[header.e_shstrndx];
    if (texts.sh_size == 0 || texts.sh_size > (1 << 20)) goto end;
    if (!(names = malloc(texts.sh_size)) || !read_at(file, names, texts.sh_size, (off_t)texts.sh_offset)) goto end;
    names[texts.sh_size - 1] = 0;
    for (size_t index = 0; index < header.e_shnum; index++) {
        if (table[index].sh_name >= texts.sh_size || !(table[index].sh_flags & SHF_ALLOC)) continue;
        if (strcmp(names + table[index].sh_name, "carillon_jobs") != 0) continue;
        found.records = (carillon_decoration *)(info->dlpi_addr + table[index].sh_addr);
        found.count = table[index].sh_size / sizeof(carillon_decoration);
        break;
    }
end:
    free(names);
    free(table);
    close(file);
    return found;
}

static bool contains(const struct dl_phdr_info *info, const void *address, ElfW(Word) flags) {
    for (size_t index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[index];
        ElfW(Addr) begin = info->dlpi_addr + part->p_vaddr;
        if (part->p_type != PT_LOAD || (part->p_flags & flags) != flags) continue;
        if ((ElfW(Addr))address >= begin && (ElfW(Addr))address < begin + part->p_memsz) return true;
    }
    return false;
}

/// Whether records that were found by a file are what they seem: functions of the image.
static bool are_functions(const carillon_records *found, const struct dl_phdr_info *info) {
    if (!contains(info, found->records, PF_R) || !contains(info, found->records + found->count - 1, PF_R)) return false;
    for (size_t index = 0; index < found->count; index++) {
        if (!contains(info, (const void *)found->records[index], PF_X)) return false;
    }
    return true;
}

/// Counts what was loaded and unloaded, by the first image.
static int count_loads(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    carillon_images *images = context;
    images->loads = info->dlpi_adds;
    images->unloads = info->dlpi_subs;
    return 1;
}

static int look_at(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    carillon_images *images = context;
    // The program comes first, and has no name.
    const char *image = info->dlpi_name ? info->dlpi_name : "";
    carillon_records found = {image, NULL, 0};
    if (contains(info, (const void *)&look_at, PF_X)) {
        if (__start_carillon_jobs) {
            found.records = __start_carillon_jobs;
            found.count = (size_t)(__stop_carillon_jobs - __start_carillon_jobs);
        }
    } else if (*image == 0 || strchr(image, '/')) {
        found = section(*image ? image : "/proc/self/exe", image, info);
        if (found.count > 0 && !are_functions(&found, info)) found.count = 0;
    }
    if (found.count == 0) return 0;
    if (images->count == images->room) {
        size_t room = images->room ? 2 * images->room : 8;
        carillon_records *more = realloc(images->images, room * sizeof *more);
        if (!more) return 0;
        images->images = more;
        images->room = room;
    }
    images->images[images->count++] = found;
    return 0;
}

/// Returns the images with records. Their files are looked into again only when something has been loaded or unloaded: that is
/// once in most programs, which make many schedulers in their tests.
static carillon_images images_with_records(void) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static carillon_images known = {.loads = ~0ULL};
    carillon_images now = {0};
    pthread_mutex_lock(&lock);
    dl_iterate_phdr(count_loads, &now);
    if (known.loads != now.loads || known.unloads != now.unloads) {
        dl_iterate_phdr(look_at, &now);
        free(known.images);
        known = now;
    }
    now = known;
    now.images = malloc(known.count * sizeof *known.images);
    if (!now.images) now.count = 0;
    if (now.count > 0) memcpy(now.images, known.images, known.count * sizeof *known.images);
    pthread_mutex_unlock(&lock);
    return now;
}

void carillon_call_decorations(void *collector, void (*enter)(void *, const char *)) {
    carillon_images images = images_with_records();
    // The loader is locked no more, and a record may do anything.
    for (size_t index = 0; index < images.count; index++) call(&images.images[index], collector, enter);
    free(images.images);
}
#else
void carillon_call_decorations(void *collector, void (*enter)(void *, const char *)) {
    (void)call;
    (void)collector;
    (void)enter;
}
#endif
