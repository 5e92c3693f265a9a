/* Loaded into whatever obeys LD_PRELOAD; outside a sandbox it can write where it likes. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void run(void) {
  const char *path = getenv("PRELOAD_TARGET");
  int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
  if (fd >= 0 && write(fd, "PWNED", 5) == 5) close(fd);
}
