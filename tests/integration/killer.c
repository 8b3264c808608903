/* Preloaded into the front by killed_test.py: it dies by SIGKILL just before the Nth step towards a 250.
   A step is an fsync, a rename, or the reply with the message's id; counted once the file $KILLER_ARMED exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *armed;
static int left; /* steps to be survived */

__attribute__((constructor)) static void begin(void) {
  char line[4096] = {0};
  FILE *file = fopen("/proc/self/cmdline", "r");
  size_t n = file ? fread(line, 1, sizeof line - 1, file) : 0;
  if (file) fclose(file);
  for (size_t at = 0; at < n; at += strlen(line + at) + 1)
    if (strcmp(line + at, "serve") == 0) armed = getenv("KILLER_ARMED"); /* not the inspectors */
  if (armed) left = atoi(getenv("KILLER_STEPS"));
}

static void step(void) {
  if (!armed || access(armed, F_OK) != 0) return;
  if (__sync_fetch_and_sub(&left, 1) == 0) kill(getpid(), SIGKILL);
}

int fsync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  step();
  return real(fd);
}

int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
  step();
  return real(from, to);
}

static int is_reply(const void *bytes, size_t size) { return bytes && memmem(bytes, size, " id=", 4) != NULL; }

ssize_t send(int fd, const void *bytes, size_t size, int flags) {
  ssize_t (*real)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
  if (is_reply(bytes, size)) step();
  return real(fd, bytes, size, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  ssize_t (*real)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
  if (message->msg_iovlen && is_reply(message->msg_iov[0].iov_base, message->msg_iov[0].iov_len)) step();
  return real(fd, message, flags);
}
