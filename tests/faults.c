/* Makes one call that changes the disk fail, for tests: build as a shared object and put it into LD_PRELOAD.
 *
 * FAULT_UNDER   only calls on paths that begin so are counted
 * FAULT_AT      the number of the call that fails, from 1; 0 counts only
 * FAULT_ERRNO   with what (28 ENOSPC, 30 EROFS, 5 EIO)
 * FAULT_FROM    if set, every later call fails as well, as on a disk that stays full or read-only
 * FAULT_KILL    if set, the process dies there instead
 * FAULT_STOP    if set, the process stops (SIGSTOP) before every counted call, and goes on when it is told to
 * FAULT_ON      only calls whose name and path contain this ("rename runs/000002") are counted
 * FAULT_COUNT   a file outside that gets one line for each counted call: its name and path
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long counted;

static void note(const char *line) {
    const char *where = getenv("FAULT_COUNT");
    static ssize_t (*real_write)(int, const void *, size_t);
    static int (*real_open)(const char *, int, ...);
    if (!where) return;
    if (!real_write) real_write = dlsym(RTLD_NEXT, "write");
    if (!real_open) real_open = dlsym(RTLD_NEXT, "open");
    int fd = real_open(where, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0) return;
    if (real_write(fd, line, strlen(line)) < 0) { /* the count is only for the one who watches */ }
    close(fd);
}

/* Whether this call is the one that fails. Sets errno. */
static int fails(const char *call, const char *path) {
    const char *under = getenv("FAULT_UNDER"), *on = getenv("FAULT_ON"), *at = getenv("FAULT_AT");
    char line[PATH_MAX + 64];
    if (!under || !at || !path || strncmp(path, under, strlen(under)) != 0) return 0;
    snprintf(line, sizeof line, "%s %s\n", call, path + strlen(under));
    if (on && !strstr(line, on)) return 0;
    pthread_mutex_lock(&guard);
    long number = ++counted;
    note(line);
    pthread_mutex_unlock(&guard);
    if (getenv("FAULT_STOP")) kill(getpid(), SIGSTOP);
    long chosen = atol(at);
    if (chosen <= 0 || !(number == chosen || (number > chosen && getenv("FAULT_FROM")))) return 0;
    if (getenv("FAULT_KILL")) kill(getpid(), SIGKILL);
    errno = getenv("FAULT_ERRNO") ? atoi(getenv("FAULT_ERRNO")) : ENOSPC;
    return 1;
}

static int fails_fd(const char *call, int fd) {
    char link[64], path[PATH_MAX];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (size < 0) return 0;
    path[size] = 0;
    return fails(call, path);
}

static int fails_at(const char *call, int folder, const char *name) {
    char link[64], path[PATH_MAX], whole[2 * PATH_MAX];
    if (folder == AT_FDCWD || name[0] == '/') return fails(call, name);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    snprintf(whole, sizeof whole, "%s/%s", path, name);
    return fails(call, whole);
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        va_list rest; va_start(rest, flags); \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) && fails("open", path)) return -1; \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(int, name, int, const char *, int, ...); \
        va_list rest; va_start(rest, flags); \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) && fails_at("open", folder, path)) return -1; \
        return real(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

#define FD(type, name, call, declared, passed) \
    type name declared { \
        REAL(type, name, int, ...); \
        if (fails_fd(call, fd)) return -1; \
        return ((type (*) declared)real) passed; \
    }
FD(ssize_t, write, "write", (int fd, const void *data, size_t size), (fd, data, size))
FD(ssize_t, pwrite, "write", (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
FD(ssize_t, pwrite64, "write", (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
FD(ssize_t, writev, "write", (int fd, const struct iovec *data, int count), (fd, data, count))
FD(ssize_t, sendfile, "write", (int fd, int from, off_t *at, size_t size), (fd, from, at, size))
FD(ssize_t, sendfile64, "write", (int fd, int from, off64_t *at, size_t size), (fd, from, at, size))
FD(int, fsync, "sync", (int fd), (fd))
FD(int, fdatasync, "sync", (int fd), (fd))
FD(int, ftruncate, "truncate", (int fd, off_t size), (fd, size))
FD(int, ftruncate64, "truncate", (int fd, off64_t size), (fd, size))
FD(int, fallocate, "truncate", (int fd, int mode, off_t at, off_t size), (fd, mode, at, size))
FD(int, fallocate64, "truncate", (int fd, int mode, off64_t at, off64_t size), (fd, mode, at, size))

ssize_t copy_file_range(int from, off64_t *from_at, int fd, off64_t *at, size_t size, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    return fails_fd("write", fd) ? -1 : real(from, from_at, fd, at, size, flags);
}

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    return fails("rename", to) ? -1 : real(from, to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    return fails("mkdir", path) ? -1 : real(path, mode);
}

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    return fails("unlink", path) ? -1 : real(path);
}

int unlinkat(int folder, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    return fails_at("unlink", folder, path) ? -1 : real(folder, path, flags);
}

int rmdir(const char *path) {
    REAL(int, rmdir, const char *);
    return fails("unlink", path) ? -1 : real(path);
}
