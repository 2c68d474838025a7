/* A clock of the day that is ahead by the seconds in the file that CLOCK_SHIFT names.

   Preloaded by `support.shifted_clock`. Monotonic clocks stay as they are, and so does the clock of
   Dagster's code servers: one ends for good if the clock jumps between two of its heartbeats. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long none;
static volatile long long *shift = &none;

static int expects_heartbeats(void)
{
    static char arguments[65536];
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, arguments, sizeof arguments);
    if (file >= 0)
        close(file);
    return length > 0 && memmem(arguments, length, "\0--heartbeat", 12) != NULL;
}

__attribute__((constructor)) static void open_shift(void)
{
    if (expects_heartbeats())
        return;
    const char *path = getenv("CLOCK_SHIFT");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED)
        shift = mapped;
    if (file >= 0)
        close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += *shift;
    return result;
}

int gettimeofday(struct timeval *now, void *zone)
{
    int result = syscall(SYS_gettimeofday, now, zone);
    if (result == 0)
        now->tv_sec += *shift;
    return result;
}

time_t time(time_t *now)
{
    struct timespec read;
    clock_gettime(CLOCK_REALTIME, &read);
    if (now)
        *now = read.tv_sec;
    return read.tv_sec;
}

/* The system does not know of the shift: it waits until a moment of the true clock. */

int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    static int (*wait)(sem_t *, const struct timespec *);
    struct timespec true_until = *until;
    if (!wait)
        wait = (int (*)(sem_t *, const struct timespec *))dlsym(RTLD_NEXT, "sem_timedwait");
    true_until.tv_sec -= *shift;
    return wait(semaphore, &true_until);
}
