/*
 * The sandbox helper: gives one command a view of this machine in which it may read
 * everything, write only what it was told it may, and reach no network; then runs it.
 *
 *   helper [options] -- program [argument...]
 *
 *   --write PATH      the command may change PATH and what is below it
 *   --read PATH       but not this; made as an empty directory when it does not exist
 *   --hide PATH       this it may not even read
 *                     (a later entry wins inside an earlier one; PATH holds no links)
 *   --chdir PATH      where the command starts
 *   --net             keep the network
 *   --proxy PORT:PATH no network but TCP inside; connections to PORT of the loopback
 *                     interface lead to the Unix socket PATH, see relay.c
 *   --tmp DIRECTORY   this is /tmp
 *   --merge-output    standard error goes where standard output goes
 *   --pty             a terminal of its own; standard input is then framed, see below
 *   --pty-size R,C    with --pty: its rows and columns, in place of 24,80
 *   --limit NAME=N    a resource limit of setrlimit(2): cpu, as, data, fsize, nproc,
 *                     nofile, core
 *   --status-fd N     where to report "started", "exec-failed ...", "setup-failed ..."
 *   --landlock-only   no namespaces: for kernels and containers that refuse them
 *   --inside          the same, in namespaces somebody else made for this command: the
 *                     proxy and the limits then work, and Landlock keeps the command
 *                     from the processes that are there without a filter
 *   --no-userns       no user namespace: for root where those are switched off
 *   --unconfined      with --pty: only the terminal, for a command allowed everything
 *   --processes N     no more processes and threads at a time than this, where the
 *                     kernel can limit them
 *   --processes-max N the same, and nothing runs where it cannot
 *   --probe           set everything up, print what works, run nothing
 *   --edit            set everything up, then change files as standard input says,
 *                     see "Edits" below; run nothing
 *
 * Three processes: the *outer* one watches whoever started it; the *keeper* is pid 1
 * of the new namespaces, so that everything ends with it; the *command* confines
 * itself further and executes the program. Whoever dies first takes the rest along.
 *
 * Every step that fails ends the helper before the program runs. Nothing here
 * decides what is allowed: that is policy.ts.
 *
 * Sources: namespaces(7), user_namespaces(7), mount_setattr(2), open_tree and
 * move_mount (Documentation/filesystems/mount_api.rst), openat2(2), landlock(7),
 * seccomp(2), pidfd_open(2), capabilities(7), pty(7). System call numbers and
 * structures are written out because musl ships no kernel headers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <net/if.h>
#include <netinet/in.h>
#include <termios.h>
#include <unistd.h>

/* Generated from seccomp.ts: filter_none[], filter_proxied[], filter_full[]. */
#include "helper_filter.h"

/* ---- What the C library may not know ------------------------------------------ */

enum { /* the same numbers on every architecture */
  NR_open_tree = 428, NR_move_mount = 429, NR_pidfd_open = 434, NR_clone3 = 435, NR_close_range = 436,
  NR_openat2 = 437, NR_mount_setattr = 442, NR_landlock_create_ruleset = 444,
  NR_landlock_add_rule = 445, NR_landlock_restrict_self = 446,
};

enum {
  OPEN_TREE_CLONE_ = 1, AT_EMPTY_PATH_ = 0x1000, AT_RECURSIVE_ = 0x8000,
  MOVE_FROM_EMPTY = 4, MOVE_TO_EMPTY = 0x40,
  RESOLVE_NO_LINKS = 2 | 4, /* no magic links, no symbolic links */
  ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4, ATTR_NOEXEC = 8,
  CLOSE_RANGE_CLOEXEC_ = 4,
  CAPABILITY_MAX = 63,
  PR_SET_NO_NEW_PRIVS_ = 38, PR_CAP_AMBIENT_ = 47,
};

struct mount_attributes { uint64_t set, clear, propagation, userns_fd; };
struct open_how_ { uint64_t flags, mode, resolve; };
struct clone_arguments {
  uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};
struct ruleset_attributes { uint64_t fs, net, scoped; };
struct path_rule { uint64_t access; int32_t fd; } __attribute__((packed));
struct capability_header { uint32_t version; int32_t pid; };
struct filter_program { uint16_t length; const struct filter_instruction *code; };

#define NEW_NAMESPACES \
  (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | 0x02000000 /* cgroup */)

/* ---- Options -------------------------------------------------------------------- */

enum access { MAY_WRITE, MAY_READ, HIDDEN };

struct entry {
  enum access access;
  const char *path;
  int tree;        /* the writable tree, cloned before everything became read-only */
  dev_t device;    /* identity of that tree's root, */
  ino_t inode;     /* to notice a path that changed since */
  int parent, held; /* of a protected directory: its parent, and our lock on it */
  int skip;        /* absent and impossible to make: nobody can make it */
};

/* More paths than any policy has; each costs a few system calls per command. */
#define ENTRIES_MAX 512
#define LIMITS_MAX 16

struct limit { int resource; rlim_t value; };

static struct {
  struct entry entries[ENTRIES_MAX];
  int entry_count;
  struct limit limits[LIMITS_MAX];
  int limit_count;
  const char *directory;
  char **program;
  int processes; /* 0: as many as the machine allows */
  int proxy_port; /* 0: no proxy */
  const char *proxy_socket;
  const char *tmp; /* a directory to show as /tmp */
  struct winsize size;
  int must_limit_processes;
  int net, merge, pty, landlock_only, inside, no_userns, unconfined, probe, edit;
} options = { .size = { .ws_row = 24, .ws_col = 80 } };

static int status_fd = -1;

static void report(const char *kind, const char *what, const char *why) {
  char line[512];
  if (status_fd < 0 && !strcmp(kind, "started")) return; /* a person sees that */
  int length = snprintf(line, sizeof line, "%s%s%s%s%s\n", kind, *what ? " " : "", what,
                        *why ? ": " : "", why);
  if (length >= (int)sizeof line) length = sizeof line - 1;
  ssize_t ignored = write(status_fd >= 0 ? status_fd : 2, line, (size_t)length);
  (void)ignored;
}

static _Noreturn void fail(const char *what) {
  report("setup-failed", what, strerror(errno));
  _exit(125);
}

static _Noreturn void misuse(const char *what) {
  report("setup-failed", what, "wrong option");
  _exit(125);
}

static long must(long result, const char *what) {
  if (result < 0) fail(what);
  return result;
}

static const struct { const char *name; int resource; } limit_names[] = {
  { "cpu", RLIMIT_CPU }, { "as", RLIMIT_AS }, { "data", RLIMIT_DATA },
  { "fsize", RLIMIT_FSIZE }, { "nproc", RLIMIT_NPROC }, { "nofile", RLIMIT_NOFILE },
  { "core", RLIMIT_CORE },
};

static void add_limit(const char *text) {
  const char *equals = strchr(text, '=');
  char *end = NULL;
  if (!equals || options.limit_count == LIMITS_MAX) misuse("--limit");
  for (size_t i = 0; i < sizeof limit_names / sizeof *limit_names; i++) {
    if (strncmp(text, limit_names[i].name, (size_t)(equals - text)) != 0) continue;
    if (limit_names[i].name[equals - text] != '\0') continue;
    errno = 0;
    rlim_t value = strtoull(equals + 1, &end, 10);
    if (errno || end == equals + 1 || *end) misuse("--limit");
    options.limits[options.limit_count++] = (struct limit){ limit_names[i].resource, value };
    return;
  }
  misuse("--limit");
}

static void add_entry(enum access access, const char *path) {
  if (path[0] != '/') misuse("a path that is not absolute");
  if (options.entry_count == ENTRIES_MAX) misuse("more paths than fit");
  options.entries[options.entry_count++] = (struct entry){
    .access = access, .path = path, .tree = -1, .parent = -1, .held = -1,
  };
}

static int number(const char *option, const char *text) {
  char *end = NULL;
  long value = strtol(text, &end, 10);
  if (end == text || *end || value < 0 || value > 1 << 20) misuse(option);
  return (int)value;
}

static void set_proxy(const char *text) {
  char *colon = NULL;
  long port = strtol(text, &colon, 10);
  if (colon == text || *colon != ':' || colon[1] != '/' || port < 1 || port > 65535)
    misuse("--proxy");
  options.proxy_port = (int)port;
  options.proxy_socket = colon + 1;
}

static void set_size(const char *text) {
  char *comma = NULL, *end = NULL;
  long rows = strtol(text, &comma, 10);
  if (comma == text || *comma != ',') misuse("--pty-size");
  long columns = strtol(comma + 1, &end, 10);
  if (end == comma + 1 || *end || rows < 1 || rows > 65535 || columns < 1 || columns > 65535)
    misuse("--pty-size");
  options.size.ws_row = (unsigned short)rows;
  options.size.ws_col = (unsigned short)columns;
}

/* Unknown options are refused: one that was skipped could have been a protection. */
static void parse(int count, char **words) {
  int i = 1;
  for (; i < count && strcmp(words[i], "--") != 0; i++) {
    const char *word = words[i];
    if (!strcmp(word, "--net")) options.net = 1;
    else if (!strcmp(word, "--merge-output")) options.merge = 1;
    else if (!strcmp(word, "--pty")) options.pty = 1;
    else if (!strcmp(word, "--landlock-only")) options.landlock_only = 1;
    else if (!strcmp(word, "--inside")) options.landlock_only = options.inside = 1;
    else if (!strcmp(word, "--no-userns")) options.no_userns = 1;
    else if (!strcmp(word, "--unconfined")) options.unconfined = 1;
    else if (!strcmp(word, "--probe")) options.probe = 1;
    else if (!strcmp(word, "--edit")) options.edit = 1;
    else if (i + 1 >= count) misuse(word);
    else if (!strcmp(word, "--write")) add_entry(MAY_WRITE, words[++i]);
    else if (!strcmp(word, "--read")) add_entry(MAY_READ, words[++i]);
    else if (!strcmp(word, "--hide")) add_entry(HIDDEN, words[++i]);
    else if (!strcmp(word, "--tmp")) options.tmp = words[++i];
    else if (!strcmp(word, "--chdir")) options.directory = words[++i];
    else if (!strcmp(word, "--limit")) add_limit(words[++i]);
    else if (!strcmp(word, "--status-fd")) status_fd = number(word, words[++i]);
    else if (!strcmp(word, "--proxy")) set_proxy(words[++i]);
    else if (!strcmp(word, "--pty-size")) set_size(words[++i]);
    else if (!strcmp(word, "--processes-max")) {
      options.processes = number(word, words[++i]);
      options.must_limit_processes = 1;
    } else if (!strcmp(word, "--processes")) options.processes = number(word, words[++i]);
    else misuse(word);
  }
  options.program = i < count ? words + i + 1 : words + count;
  int runs_nothing = options.probe || options.edit;
  if (runs_nothing == (*options.program != NULL)) misuse("program");
  if (options.edit && (options.probe || options.pty)) misuse("--edit");
  /* Whoever asks for any protection must not lose all of it to one more word. */
  if (options.unconfined &&
      (!options.pty || options.entry_count || options.tmp || options.landlock_only ||
       options.no_userns || runs_nothing || options.net || options.proxy_port))
    misuse("--unconfined");
  /* The proxy needs a network with nothing else in it. */
  int in_namespaces = !options.landlock_only || options.inside;
  if (options.proxy_port && (options.net || !in_namespaces)) misuse("--proxy");
  /* Without namespaces neither is possible: others' processes would be counted. */
  if (options.landlock_only && options.tmp) misuse("--tmp");
  if (options.must_limit_processes && !in_namespaces) misuse("--processes-max");
}

/* ---- Placeholders: see placeholders.ts for the protocol ----------------------------- */

/* The sticky bit on an empty directory only its owner may write means nothing, so
 * nobody else sets it; unlike an extended attribute every file system can keep it. */
#define PLACEHOLDER_MODE 01755
/* Whoever removes a placeholder is done in microseconds; this is a quarter second. */
#define ATTEMPTS_MAX 250
#define RETRY_MS 1

static int open_without_links(int directory, const char *path, int flags) {
  struct open_how_ how = { (uint64_t)(flags | O_CLOEXEC), 0, RESOLVE_NO_LINKS };
  return (int)syscall(NR_openat2, directory, path, &how, sizeof how);
}

static const char *base_name(const char *path) {
  return strrchr(path, '/') + 1;
}

static int open_parent(const char *path) {
  char parent[4096];
  size_t length = (size_t)(base_name(path) - path);
  if (length >= sizeof parent) { errno = ENAMETOOLONG; return -1; }
  memcpy(parent, path, length);
  parent[length] = '\0';
  return open_without_links(AT_FDCWD, parent, O_PATH | O_DIRECTORY);
}

static int is_still_there(struct entry *entry) {
  struct stat ours, there;
  return fstat(entry->held, &ours) == 0 &&
         fstatat(entry->parent, base_name(entry->path), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static int is_placeholder(const struct entry *entry) {
  struct stat info;
  return entry->held >= 0 && fstat(entry->held, &info) == 0 &&
         (info.st_mode & 07777) == PLACEHOLDER_MODE;
}

static void release(struct entry *entry) {
  if (entry->held < 0) return;
  if (is_placeholder(entry) && flock(entry->held, LOCK_EX | LOCK_NB) == 0 && is_still_there(entry))
    unlinkat(entry->parent, base_name(entry->path), AT_REMOVEDIR);
  close(entry->held);
  entry->held = -1;
}

static void release_all(void) {
  for (int i = 0; i < options.entry_count; i++) release(&options.entries[i]);
}

/*
 * Removing a directory can take half a millisecond, and nobody should wait for six of
 * them to learn that a command ended. The locks belong to both processes, so no other
 * command takes a placeholder for abandoned meanwhile.
 */
static void release_behind(void) {
  for (int i = 0; i < options.entry_count; i++) {
    if (!is_placeholder(&options.entries[i])) continue;
    pid_t pid = fork();
    if (pid > 0) return;
    release_all();
    if (pid == 0) _exit(0);
    return;
  }
}

static void hold(struct entry *entry) {
  const char *name = base_name(entry->path);
  entry->parent = (int)must(open_parent(entry->path), entry->path);
  for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    int made = mkdirat(entry->parent, name, 0755) == 0;
    int reason = errno;
    entry->held = openat(entry->parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (entry->held < 0 && errno == ENOENT) {
      if (made || reason == EEXIST) continue; /* removed in between */
      entry->skip = 1;
      return;
    }
    if (entry->held < 0) return; /* a file, a link, or unreadable: nothing to hold */
    if (made) fchmod(entry->held, PLACEHOLDER_MODE);
    /* Not waiting for ever: a hostile command may have locked it too. */
    if (flock(entry->held, LOCK_SH | LOCK_NB) == 0 && is_still_there(entry)) return;
    close(entry->held);
    entry->held = -1;
    poll(NULL, 0, RETRY_MS);
  }
  release_all();
  errno = EBUSY;
  fail(entry->path);
}

static void hold_all(void) {
  for (int i = 0; i < options.entry_count; i++)
    if (options.entries[i].access == MAY_READ) hold(&options.entries[i]);
}

/* ---- Mounts ----------------------------------------------------------------------- */

static int set_attributes(int fd, const char *path, uint64_t set) {
  struct mount_attributes attributes = { .set = set };
  return (int)syscall(NR_mount_setattr, fd, path, AT_RECURSIVE_ | (*path ? 0 : AT_EMPTY_PATH_),
                      &attributes, sizeof attributes);
}

static int clone_tree(int fd, const char *path) {
  return (int)syscall(NR_open_tree, fd, path,
                      OPEN_TREE_CLONE_ | AT_RECURSIVE_ | O_CLOEXEC | (*path ? 0 : AT_EMPTY_PATH_));
}

/* Both ends are descriptors, so no link swapped meanwhile can redirect a mount. */
static void attach(int tree, int target, const char *path) {
  must(syscall(NR_move_mount, tree, "", target, "", MOVE_FROM_EMPTY | MOVE_TO_EMPTY), path);
  close(tree);
}

static int is_whole_disk(const struct entry *entry) {
  return entry->access == MAY_WRITE && !strcmp(entry->path, "/");
}

static int is_below(const char *path, const char *directory) {
  size_t length = strlen(directory);
  return !strncmp(path, directory, length) && (path[length] == '/' || path[length] == '\0');
}

/* An empty file and an empty directory nobody may open, to cover others with. They
 * live in the new /dev until it is complete. */
#define LID_FILE "/dev/.lid"
#define LID_DIRECTORY "/dev/.lid.d"

static void cover(int target, const char *path) {
  struct stat info;
  must(fstat(target, &info), path);
  int tree = (int)must(clone_tree(AT_FDCWD, S_ISDIR(info.st_mode) ? LID_DIRECTORY : LID_FILE),
                       "lid");
  must(set_attributes(tree, "", ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC), "lid");
  attach(tree, target, path);
}

static int clone_directory(const char *path) {
  int fd = (int)must(open_without_links(AT_FDCWD, path, O_PATH | O_DIRECTORY), path);
  int tree = (int)must(clone_tree(fd, ""), path);
  must(set_attributes(tree, "", ATTR_NOSUID | ATTR_NODEV), path);
  close(fd);
  return tree;
}

static void attach_at(int tree, const char *path) {
  int target = (int)must(open_without_links(AT_FDCWD, path, O_PATH | O_DIRECTORY), path);
  attach(tree, target, path);
  close(target);
}

static void clone_writable(struct entry *entry) {
  struct stat info;
  int fd = (int)must(open_without_links(AT_FDCWD, entry->path, O_PATH), entry->path);
  must(fstat(fd, &info), entry->path);
  entry->device = info.st_dev;
  entry->inode = info.st_ino;
  entry->tree = (int)must(clone_tree(fd, ""), entry->path);
  must(set_attributes(entry->tree, "", ATTR_NOSUID | ATTR_NODEV), entry->path);
  close(fd);
}

static void make_directories(const char *path) {
  char prefix[4096];
  for (const char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
    size_t length = slash ? (size_t)(slash - path) : strlen(path);
    if (length >= sizeof prefix) return;
    memcpy(prefix, path, length);
    prefix[length] = '\0';
    mkdir(prefix, 0755);
    if (!slash) return;
  }
}

static void open_writable(struct entry *entry) {
  struct stat info;
  /* Trees that were replaced by empty ones: the path has to be made there. */
  int in_private_tmp = options.tmp && is_below(entry->path, "/tmp");
  int is_replaced = in_private_tmp || is_below(entry->path, "/dev/shm");
  if (in_private_tmp && !strcmp(entry->path, "/tmp")) return;
  if (is_replaced) make_directories(entry->path);
  int target = (int)must(open_without_links(AT_FDCWD, entry->path, O_PATH), entry->path);
  must(fstat(target, &info), entry->path);
  if (!is_replaced && (info.st_dev != entry->device || info.st_ino != entry->inode)) {
    errno = ESTALE;
    fail(entry->path);
  }
  attach(entry->tree, target, entry->path);
  close(target);
}

static void close_readable(struct entry *entry) {
  struct stat info;
  int target = open_without_links(AT_FDCWD, entry->path, O_PATH | O_NOFOLLOW);
  if (target < 0 && errno == ENOENT && entry->skip) return;
  must(target, entry->path);
  must(fstat(target, &info), entry->path);
  if (S_ISLNK(info.st_mode)) {
    cover(target, entry->path); /* else the link could be replaced */
  } else {
    int tree = (int)must(clone_tree(target, ""), entry->path);
    must(set_attributes(tree, "", ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV), entry->path);
    attach(tree, target, entry->path);
  }
  close(target);
}

static void close_hidden(struct entry *entry) {
  int target = open_without_links(AT_FDCWD, entry->path, O_PATH | O_NOFOLLOW);
  if (target < 0 && errno == ENOENT) return;
  must(target, entry->path);
  cover(target, entry->path);
  close(target);
}

static const char *const devices[] = { "null", "zero", "full", "random", "urandom", "tty" };
#define DEVICE_COUNT (sizeof devices / sizeof *devices)

/* A /dev with what programs need and nothing of the machine's. */
static void mount_devices(const int trees[DEVICE_COUNT]) {
  char path[64];
  must(mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k"), "/dev");
  for (size_t i = 0; i < DEVICE_COUNT; i++) {
    if (trees[i] < 0) continue;
    snprintf(path, sizeof path, "/dev/%s", devices[i]);
    int file = (int)must(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600), path);
    close(file);
    int target = (int)must(open(path, O_PATH | O_CLOEXEC), path);
    attach(trees[i], target, path);
    close(target);
  }
  must(mkdir("/dev/pts", 0755), "/dev/pts");
  must(mkdir("/dev/shm", 01777), "/dev/shm");
  must(symlink("/proc/self/fd", "/dev/fd"), "/dev/fd");
  must(symlink("/proc/self/fd/0", "/dev/stdin"), "/dev/stdin");
  must(symlink("/proc/self/fd/1", "/dev/stdout"), "/dev/stdout");
  must(symlink("/proc/self/fd/2", "/dev/stderr"), "/dev/stderr");
  must(symlink("pts/ptmx", "/dev/ptmx"), "/dev/ptmx");
  must(mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
             "newinstance,ptmxmode=0666,mode=620"), "/dev/pts");
  must(mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"), "/dev/shm");
  int lid = (int)must(open(LID_FILE, O_CREAT | O_WRONLY | O_CLOEXEC, 0), "lid");
  close(lid);
  must(mkdir(LID_DIRECTORY, 0), "lid");
}

static void finish_devices(void) {
  must(unlink(LID_FILE), "lid");
  must(rmdir(LID_DIRECTORY), "lid");
  must(mount(NULL, "/dev", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL),
       "/dev");
}

/* Uid 0 may write these by their file mode alone, without any capability. */
static const char *const kernel_controls[] = {
  "/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs",
  "/proc/acpi", "/proc/scsi", "/proc/mtrr", "/proc/driver", "/proc/tty",
};
static const char *const kernel_secrets[] = {
  "/proc/kcore", "/proc/keys", "/proc/kallsyms", "/proc/timer_list", "/proc/kmsg",
};

/*
 * The highest process number of the namespace, hence how many there can be. Before
 * Linux 6.14 that file was the machine's own, and uid 0 would have changed it there.
 */
static int limit_process_numbers(void) {
  struct utsname system;
  int major = 0, minor = 0;
  char text[16];
  if (!options.processes || uname(&system) < 0) return 0;
  if (sscanf(system.release, "%d.%d", &major, &minor) != 2) return 0;
  if (major < 6 || (major == 6 && minor < 14)) return 0;
  int fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
  int length = snprintf(text, sizeof text, "%d", options.processes);
  if (fd < 0) return 0;
  int is_set = write(fd, text, (size_t)length) == length;
  close(fd);
  return is_set;
}

static void mount_proc(void) {
  /* Refused inside containers that mask parts of /proc; theirs then stays, read-only. */
  int is_own = mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
  int is_limited = is_own && limit_process_numbers();
  if (options.must_limit_processes && !is_limited && geteuid() == 0) {
    errno = ENOTSUP;
    fail("the limit on processes, which for root needs Linux 6.14 and more than 300");
  }
  if (!is_own) return;
  for (size_t i = 0; i < sizeof kernel_controls / sizeof *kernel_controls; i++) {
    int target = open(kernel_controls[i], O_PATH | O_CLOEXEC);
    if (target < 0) continue;
    int tree = (int)must(clone_tree(target, ""), kernel_controls[i]);
    must(set_attributes(tree, "", ATTR_RDONLY), kernel_controls[i]);
    attach(tree, target, kernel_controls[i]);
    close(target);
  }
  for (size_t i = 0; i < sizeof kernel_secrets / sizeof *kernel_secrets; i++) {
    int target = open(kernel_secrets[i], O_PATH | O_CLOEXEC);
    if (target < 0) continue;
    cover(target, kernel_secrets[i]);
    close(target);
  }
}

/*
 * Order decides who wins: the writable trees are copied while they still are, then
 * everything becomes read-only, then the entries are laid over it from the top down.
 */
static void mount_all(void) {
  int device_trees[DEVICE_COUNT], tmp = -1;
  char path[64];
  int whole_disk = 0;
  must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
  for (size_t i = 0; i < DEVICE_COUNT; i++) {
    snprintf(path, sizeof path, "/dev/%s", devices[i]);
    device_trees[i] = clone_tree(AT_FDCWD, path);
  }
  for (int i = 0; i < options.entry_count; i++) {
    if (is_whole_disk(&options.entries[i])) whole_disk = 1;
    else if (options.entries[i].access == MAY_WRITE) clone_writable(&options.entries[i]);
  }
  if (options.tmp) tmp = clone_directory(options.tmp);
  must(set_attributes(AT_FDCWD, "/", ATTR_NOSUID | ATTR_NODEV | (whole_disk ? 0 : ATTR_RDONLY)),
       "read-only root");
  mount_devices(device_trees);
  mount_proc();
  if (options.tmp) attach_at(tmp, "/tmp");
  for (int i = 0; i < options.entry_count; i++) {
    struct entry *entry = &options.entries[i];
    if (is_whole_disk(entry)) continue;
    if (entry->access == MAY_WRITE) open_writable(entry);
    else if (entry->access == MAY_READ) close_readable(entry);
    else close_hidden(entry);
  }
  finish_devices();
}

/* ---- Giving up rights ------------------------------------------------------------- */

static void drop_capabilities(void) {
  struct capability_header header = { 0x20080522, 0 };
  uint32_t none[6] = { 0 };
  must(prctl(PR_SET_NO_NEW_PRIVS_, 1, 0, 0, 0), "no_new_privs");
  prctl(PR_CAP_AMBIENT_, 4 /* clear all */, 0, 0, 0);
  for (int capability = 0; capability <= CAPABILITY_MAX; capability++)
    /* EPERM without privilege, when there is none to drop; EINVAL after the last one. */
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) break;
  must(syscall(SYS_capset, &header, none), "capset");
}

static long landlock_version(void) {
  return syscall(NR_landlock_create_ruleset, NULL, 0, 1);
}

static void grant(int ruleset, int fd, const char *path, uint64_t rights) {
  struct stat info;
  struct path_rule rule = { rights, fd };
  if (fd < 0) return;
  /* Execute, write and read a file, truncate, device ioctl: all a file can have. */
  if (fstat(rule.fd, &info) == 0 && !S_ISDIR(info.st_mode)) rule.access &= 7 | 1 << 14 | 1 << 15;
  must(syscall(NR_landlock_add_rule, ruleset, 1, &rule, 0), path);
  close(rule.fd);
}

static void grant_if_there(int ruleset, const char *path, uint64_t rights) {
  grant(ruleset, open(path, O_PATH | O_CLOEXEC), path, rights);
}

static const char *const always_writable[] = {
  "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
  "/dev/ptmx", "/dev/pts",
};

/*
 * The second layer. It also stops what a read-only mount does not: writing to named
 * pipes and devices, the environment of other processes, signals and abstract sockets
 * of processes outside.
 */
static void restrict_paths(void) {
  long version = landlock_version();
  if (version < 1) {
    if (options.landlock_only) fail("landlock");
    return; /* mounts and namespaces already confine */
  }
  uint64_t rights = 0x1ff2; /* every right that changes something, version 1 */
  if (version >= 2) rights |= 1 << 13; /* refer */
  if (version >= 3) rights |= 1 << 14; /* truncate */
  if (version >= 5) rights |= 1 << 15; /* device ioctl */
  struct ruleset_attributes attributes = {
    .fs = rights, .net = options.net || options.proxy_port ? 0 : 3, .scoped = 3,
  };
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  int ruleset = (int)must(syscall(NR_landlock_create_ruleset, &attributes, size, 0), "landlock");
  for (int i = 0; i < options.entry_count; i++)
    if (options.entries[i].access == MAY_WRITE) {
      const char *path = options.entries[i].path;
      grant(ruleset, (int)must(open_without_links(AT_FDCWD, path, O_PATH), path), path, rights);
    }
  for (size_t i = 0; i < sizeof always_writable / sizeof *always_writable; i++)
    grant_if_there(ruleset, always_writable[i], rights);
  if (!options.landlock_only || options.inside) grant_if_there(ruleset, "/dev/shm", rights);
  if (options.tmp) grant_if_there(ruleset, "/tmp", rights);
  must(syscall(NR_landlock_restrict_self, ruleset, 0), "landlock");
  close(ruleset);
}

static void load_filter(void) {
  struct filter_program program = { sizeof filter_none / sizeof *filter_none, filter_none };
  if (options.net)
    program = (struct filter_program){ sizeof filter_full / sizeof *filter_full, filter_full };
  if (options.proxy_port)
    program = (struct filter_program){
      sizeof filter_proxied / sizeof *filter_proxied, filter_proxied,
    };
  must(prctl(PR_SET_SECCOMP, 2, &program, 0, 0), "seccomp");
}

/* ---- Edits --------------------------------------------------------------------------- */

/*
 * Standard input is then a sequence of operations: what (1 byte), mode, length of the
 * path, length of the content (4 bytes each, little endian), path, content. Each is
 * answered by a line: "0", or the number of the error and its text. No link is
 * followed: one that stands where none stood when the edit was planned is an attack.
 */
enum { EDIT_DIRECTORY = 0, EDIT_WRITE = 1, EDIT_REMOVE = 2, EDIT_HEAD = 13 };
#define MODE_AS_IT_IS UINT32_MAX
#define TEMPORARY_MAX 32

/* False at the end of the input. */
static int read_whole(void *into, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t count = read(0, (char *)into + done, length - done);
    if (count == 0 || (count < 0 && errno != EINTR)) return 0;
    if (count > 0) done += (size_t)count;
  }
  return 1;
}

static int write_whole(int fd, const char *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t count = write(fd, bytes + done, length - done);
    if (count < 0 && errno != EINTR) return -1;
    if (count > 0) done += (size_t)count;
  }
  return 0;
}

/* A short name, so that beside the longest name there is room for it. */
static int create_temporary(int directory, char *name, mode_t mode) {
  for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    uint64_t chance = 0;
    if (getrandom(&chance, sizeof chance, 0) != sizeof chance) return -1;
    snprintf(name, TEMPORARY_MAX, ".edit-%016llx", (unsigned long long)chance);
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

/* Content that cannot be stored is read all the same: the next operation follows it. */
static int store_content(int fd, size_t length) {
  static char bytes[65536];
  int reason = fd < 0 ? errno : 0;
  while (length > 0) {
    size_t part = length < sizeof bytes ? length : sizeof bytes;
    if (!read_whole(bytes, part)) _exit(1); /* whoever asked is gone */
    if (!reason && write_whole(fd, bytes, part) < 0) reason = errno;
    length -= part;
  }
  errno = reason;
  return reason ? -1 : 0;
}

static int edit_write(const char *path, uint32_t mode, size_t length) {
  char temporary[TEMPORARY_MAX];
  const char *name = base_name(path);
  struct stat old;
  int fd = -1, parent = open_parent(path);
  if (parent >= 0) {
    int exists = fstatat(parent, name, &old, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(old.st_mode);
    if (exists && mode == MODE_AS_IT_IS) mode = old.st_mode & 07777;
    fd = create_temporary(parent, temporary, mode == MODE_AS_IT_IS ? 0666 : 0600);
  }
  int failed = store_content(fd, length) < 0 ||
               (mode != MODE_AS_IT_IS && fchmod(fd, mode & 07777) < 0) ||
               renameat(parent, temporary, parent, name) < 0;
  int reason = errno;
  if (failed && fd >= 0) unlinkat(parent, temporary, 0);
  if (fd >= 0) close(fd);
  if (parent >= 0) close(parent);
  errno = reason;
  return failed ? -1 : 0;
}

static int open_or_make(int directory, const char *name) {
  const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = openat(directory, name, flags);
  if (fd >= 0 || errno != ENOENT) return fd;
  if (mkdirat(directory, name, 0777) < 0 && errno != EEXIST) return -1;
  return openat(directory, name, flags);
}

static int edit_directory(char *path) {
  int directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (char *name = path + 1, *end; directory >= 0 && *name; name = end) {
    end = strchrnul(name, '/');
    int is_last = *end == '\0';
    if (!is_last) *end++ = '\0';
    int next = open_or_make(directory, name);
    int reason = errno == ENOTDIR && is_last ? EEXIST : errno;
    close(directory);
    directory = next;
    errno = reason;
  }
  if (directory < 0) return -1;
  close(directory);
  return 0;
}

static int edit_remove(const char *path) {
  int parent = open_parent(path);
  if (parent < 0) return -1;
  int result = unlinkat(parent, base_name(path), 0);
  int reason = errno;
  close(parent);
  errno = reason;
  return result;
}

static uint32_t little_endian(const unsigned char *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
         (uint32_t)bytes[3] << 24;
}

static int edit(unsigned char what, char *path, uint32_t mode, size_t length) {
  if (what == EDIT_WRITE) return edit_write(path, mode, length);
  store_content(-1, length); /* the others have none */
  if (what == EDIT_DIRECTORY) return edit_directory(path);
  if (what == EDIT_REMOVE) return edit_remove(path);
  errno = EINVAL;
  return -1;
}

static _Noreturn void serve_edits(void) {
  unsigned char head[EDIT_HEAD];
  char path[4096], line[256];
  while (read_whole(head, sizeof head)) {
    uint32_t path_length = little_endian(head + 5);
    if (path_length >= sizeof path || !read_whole(path, path_length)) _exit(1);
    path[path_length] = '\0';
    if (path[0] != '/' || strlen(path) != path_length) _exit(1);
    int failed = edit(head[0], path, little_endian(head + 1), little_endian(head + 9)) < 0;
    int length = failed ? snprintf(line, sizeof line, "%d %s\n", errno, strerror(errno))
                        : snprintf(line, sizeof line, "0\n");
    if (write_whole(1, line, (size_t)length) < 0) _exit(1);
  }
  _exit(0);
}

/* ---- The command -------------------------------------------------------------------- */

static void default_signals(void) {
  sigset_t none;
  for (int signal_number = 1; signal_number < 65; signal_number++) signal(signal_number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void execute(void) {
  execvp(options.program[0], options.program);
  if (errno != ENOEXEC || !strchr(options.program[0], '/')) return;
  /* A script without a first line is one for sh, as a shell would have it. */
  int count = 0;
  while (options.program[count]) count++;
  char **words = calloc((size_t)count + 2, sizeof *words);
  if (!words) return;
  words[0] = (char *)"/bin/sh";
  memcpy(words + 1, options.program, sizeof *words * (size_t)count);
  execv(words[0], words);
}

/* Counted for each user namespace alone since Linux 5.14; uid 0 is never counted. */
static void limit_processes(void) {
  struct rlimit limit;
  if (!options.processes || options.no_userns) return;
  if (options.landlock_only && !options.inside) return;
  if (options.inside && options.must_limit_processes && geteuid() == 0) {
    errno = ENOTSUP;
    fail("the limit on processes of root");
  }
  must(getrlimit(RLIMIT_NPROC, &limit), "--processes");
  if (limit.rlim_max <= (rlim_t)options.processes) return;
  limit.rlim_cur = limit.rlim_max = (rlim_t)options.processes;
  must(setrlimit(RLIMIT_NPROC, &limit), "--processes");
}

static _Noreturn void run_command(int terminal) {
  /* Alone, the process group of the helper is what a kill reaches. */
  if (!options.landlock_only || terminal >= 0) setsid();
  if (terminal >= 0) {
    must(ioctl(terminal, TIOCSCTTY, 0), "controlling terminal");
    for (int fd = 0; fd < 3; fd++) must(dup2(terminal, fd), "terminal");
  }
  if (options.merge) must(dup2(1, 2), "merge output");
  for (int i = 0; i < options.limit_count; i++) {
    struct rlimit limit = { options.limits[i].value, options.limits[i].value };
    must(setrlimit((unsigned)options.limits[i].resource, &limit), "--limit");
  }
  limit_processes();
  default_signals();
  if (!options.unconfined) {
    drop_capabilities();
    restrict_paths();
    load_filter();
  }
  if (options.probe) {
    printf("{\"namespaces\":%s,\"landlock\":%ld}\n", options.landlock_only ? "false" : "true",
           landlock_version());
    fflush(stdout);
    report("started", "", "");
    _exit(0);
  }
  report("started", "", "");
  if (options.edit) serve_edits();
  execute();
  int code = errno == ENOENT ? 127 : 126;
  report("exec-failed", options.program[0], strerror(errno));
  _exit(code);
}

/* ---- A terminal of its own ----------------------------------------------------------- */

/*
 * Standard input is then a sequence of frames: type (1 byte), length (4 bytes, little
 * endian), content. Type 0 is typed text, 1 is a new size (rows and columns, 2 bytes
 * each, little endian). Output is the terminal's, unframed.
 */
enum { FRAME_INPUT = 0, FRAME_SIZE = 1, FRAME_HEAD = 5, FRAME_MAX = 65536 };

struct terminal {
  int master, slave;
  unsigned char frame[FRAME_HEAD + FRAME_MAX];
  size_t used;    /* bytes of the frame read so far */
  size_t written; /* bytes of a complete input frame already typed */
  int input_ended;
};

static struct terminal terminal = { .master = -1, .slave = -1 };

static void open_terminal(void) {
  unsigned pts = 0;
  int unlock = 0;
  char path[32];
  terminal.master = (int)must(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), "ptmx");
  must(ioctl(terminal.master, TIOCSPTLCK, &unlock), "pty");
  must(ioctl(terminal.master, TIOCGPTN, &pts), "pty");
  snprintf(path, sizeof path, "/dev/pts/%u", pts);
  terminal.slave = (int)must(open(path, O_RDWR | O_NOCTTY | O_CLOEXEC), path);
  ioctl(terminal.master, TIOCSWINSZ, &options.size);
}

static size_t frame_length(void) {
  const unsigned char *head = terminal.frame;
  return (size_t)head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
}

static int frame_is_complete(void) {
  return terminal.used >= FRAME_HEAD && terminal.used == FRAME_HEAD + frame_length();
}

static void read_frame(void) {
  size_t wanted = FRAME_HEAD;
  if (terminal.used >= FRAME_HEAD) wanted += frame_length();
  ssize_t count = read(0, terminal.frame + terminal.used, wanted - terminal.used);
  if (count <= 0) {
    if (count == 0 || (errno != EINTR && errno != EAGAIN)) terminal.input_ended = 1;
    return;
  }
  terminal.used += (size_t)count;
  if (terminal.used >= FRAME_HEAD && frame_length() > FRAME_MAX) terminal.input_ended = 1;
}

static void apply_frame(void) {
  const unsigned char *content = terminal.frame + FRAME_HEAD;
  size_t length = frame_length();
  if (terminal.frame[0] == FRAME_SIZE && length == 4) {
    struct winsize size = {
      .ws_row = (unsigned short)(content[0] | content[1] << 8),
      .ws_col = (unsigned short)(content[2] | content[3] << 8),
    };
    ioctl(terminal.master, TIOCSWINSZ, &size);
  } else if (terminal.frame[0] == FRAME_INPUT && terminal.written < length) {
    ssize_t count = write(terminal.master, content + terminal.written, length - terminal.written);
    if (count > 0) terminal.written += (size_t)count;
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count >= 0 && terminal.written < length) return;
  }
  terminal.used = terminal.written = 0;
}

/* Copies what the terminal shows; false when there is nothing now. */
static int copy_output(void) {
  unsigned char bytes[65536];
  ssize_t count = read(terminal.master, bytes, sizeof bytes);
  if (count < 0 && errno == EINTR) return 1;
  if (count <= 0) return 0;
  for (ssize_t done = 0; done < count;) {
    ssize_t written = write(1, bytes + done, (size_t)(count - done));
    if (written < 0 && errno != EINTR) return 0;
    if (written > 0) done += written;
  }
  return 1;
}

static void serve_terminal(short input, short output) {
  if (output & (POLLIN | POLLHUP | POLLERR)) copy_output();
  if (input & (POLLIN | POLLHUP | POLLERR) && !frame_is_complete()) read_frame();
  if (frame_is_complete()) apply_frame();
}

/* ---- Watching ------------------------------------------------------------------------ */

struct ending { int known, status, signal; };

static int watch_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGQUIT);
  must(sigprocmask(SIG_SETMASK, &set, NULL), "signals");
  return (int)must(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
}

/* Reaps whoever ended; true when `child` was among them. */
static int reap(pid_t child, int *status) {
  int found = 0, one;
  pid_t pid;
  while ((pid = waitpid(-1, &one, WNOHANG)) > 0) {
    if (pid != child) continue;
    found = 1;
    *status = one;
  }
  return found;
}

/*
 * Until the child ends, or a signal asks for the end, or `life` says that whoever is
 * on its other side is gone.
 */
static struct ending watch(pid_t child, int life, int signals) {
  struct signalfd_siginfo info;
  int status;
  for (;;) {
    int busy = terminal.master >= 0 && frame_is_complete();
    int reads = terminal.master >= 0 && !terminal.input_ended && !busy;
    struct pollfd fds[] = {
      { .fd = signals, .events = POLLIN },
      { .fd = life, .events = POLLIN },
      { .fd = terminal.master, .events = (short)(POLLIN | (busy ? POLLOUT : 0)) },
      { .fd = reads ? 0 : -1, .events = POLLIN },
    };
    if (poll(fds, 4, -1) < 0 && errno != EINTR) return (struct ending){ .signal = SIGKILL };
    if (fds[1].revents) return (struct ending){ .signal = SIGKILL };
    while (read(signals, &info, sizeof info) == sizeof info)
      if (info.ssi_signo != SIGCHLD) return (struct ending){ .signal = (int)info.ssi_signo };
    if (reap(child, &status)) {
      while (terminal.master >= 0 && copy_output()) continue;
      return (struct ending){ .known = 1, .status = status };
    }
    if (terminal.master >= 0) {
      serve_terminal(fds[3].revents, fds[2].revents);
      if (fds[2].revents & POLLHUP && !(fds[2].revents & POLLIN)) {
        /* Nobody has the terminal open; only the end of the command is left. */
        close(terminal.master);
        terminal.master = -1;
      }
    }
  }
}

/* Without a pid namespace: orphans come to us, so all descendants can be found. */
static void kill_descendants(void) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  for (int round = 0; round < 1000; round++) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (length <= 0) return;
    text[length] = '\0';
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
      pid_t pid = (pid_t)atoi(word);
      if (pid <= 1) continue;
      kill(pid, SIGKILL);
      waitpid(pid, NULL, 0);
    }
  }
}

/* Ends as the command did, so that whoever waits sees its code or its signal. */
static _Noreturn void end_like(struct ending ending) {
  release_behind();
  int signal_number = ending.signal;
  if (ending.known && WIFEXITED(ending.status)) _exit(WEXITSTATUS(ending.status));
  if (ending.known && WIFSIGNALED(ending.status)) signal_number = WTERMSIG(ending.status);
  struct rlimit no_core = { 0, 0 };
  setrlimit(RLIMIT_CORE, &no_core);
  default_signals();
  kill(getpid(), signal_number);
  _exit(128 + signal_number);
}

/* ---- A network of one proxy ------------------------------------------------------------- */

#include "relay.c"

/* ---- Keeper and outer process ------------------------------------------------------------ */

static void write_file(const char *path, const char *text) {
  int fd = (int)must(open(path, O_WRONLY | O_CLOEXEC), path);
  must(write(fd, text, strlen(text)), path);
  close(fd);
}

/* Same ids inside as outside; nobody else's files belong to anyone. */
static void map_ids(unsigned uid, unsigned gid) {
  char line[64];
  write_file("/proc/self/setgroups", "deny");
  snprintf(line, sizeof line, "%u %u 1", uid, uid);
  write_file("/proc/self/uid_map", line);
  snprintf(line, sizeof line, "%u %u 1", gid, gid);
  write_file("/proc/self/gid_map", line);
}

static void loopback_up(void) {
  struct ifreq request = { .ifr_flags = IFF_UP | IFF_RUNNING };
  strcpy(request.ifr_name, "lo");
  int fd = (int)must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "loopback");
  must(ioctl(fd, SIOCSIFFLAGS, &request), "loopback");
  close(fd);
}

static void change_directory(void) {
  /* Again even if it is the current one: that is the mount under the new ones. */
  if (options.directory) must(chdir(options.directory), options.directory);
}

static void close_standard(void) {
  for (int fd = 0; fd < 3; fd++) close(fd);
}

/* Opened outside, where the path means what whoever started us meant. */
static int proxy_held = -1;

static void hold_proxy(void) {
  if (options.proxy_port)
    proxy_held = (int)must(open_without_links(AT_FDCWD, options.proxy_socket, O_PATH), "proxy");
}

static pid_t start_command(void) {
  if (options.pty) open_terminal();
  pid_t command = (pid_t)must(fork(), "fork");
  if (command == 0) {
    if (options.landlock_only || options.unconfined) prctl(PR_SET_PDEATHSIG, SIGKILL);
    run_command(terminal.slave);
  }
  if (terminal.slave >= 0) close(terminal.slave);
  if (!options.pty) close_standard();
  return command;
}

static _Noreturn void run_keeper(unsigned uid, unsigned gid, int life, int result) {
  int signals = watch_signals();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!options.no_userns) map_ids(uid, gid);
  if (!options.net) loopback_up();
  mount_all();
  change_directory();
  must(prctl(PR_SET_DUMPABLE, 0), "dumpable");
  if (options.proxy_port) start_relay(options.proxy_port, proxy_held);
  pid_t command = start_command();
  drop_capabilities();
  struct ending ending = watch(command, life, signals);
  ssize_t ignored = write(result, &ending, sizeof ending);
  (void)ignored;
  _exit(0); /* and with pid 1 everything in its namespace */
}

/* Like fork(2), with new namespaces. */
static pid_t fork_into(uint64_t flags) {
  struct clone_arguments arguments = { .flags = flags, .exit_signal = SIGCHLD };
  long pid = syscall(NR_clone3, &arguments, sizeof arguments);
  if (pid < 0 && errno == ENOSYS) /* as some containers have it */
    pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  return (pid_t)pid;
}

static _Noreturn void run_in_namespaces(int parent_life, int signals) {
  int life[2], result[2];
  unsigned uid = geteuid(), gid = getegid();
  uint64_t flags = NEW_NAMESPACES;
  if (!options.net) flags |= CLONE_NEWNET;
  if (!options.no_userns) flags |= CLONE_NEWUSER;
  must(pipe2(life, O_CLOEXEC), "pipe");
  must(pipe2(result, O_CLOEXEC), "pipe");
  pid_t keeper = fork_into(flags);
  if (keeper < 0) {
    int reason = errno;
    release_all();
    errno = reason;
    fail("namespaces");
  }
  if (keeper == 0) {
    close(life[1]);
    close(result[0]);
    close(parent_life);
    close(signals);
    for (int i = 0; i < options.entry_count; i++) {
      if (options.entries[i].held >= 0) close(options.entries[i].held);
      if (options.entries[i].parent >= 0) close(options.entries[i].parent);
    }
    run_keeper(uid, gid, life[0], result[1]);
  }
  close(life[0]);
  close(result[1]);
  close_standard();
  struct ending ending = watch(keeper, parent_life, signals), inner;
  if (!ending.known) {
    kill(keeper, SIGKILL);
    waitpid(keeper, NULL, 0);
    end_like(ending);
  }
  if (read(result[0], &inner, sizeof inner) == sizeof inner) end_like(inner);
  end_like(ending); /* the set-up failed, and the keeper's code says so */
}

static _Noreturn void run_without_namespaces(int parent_life, int signals) {
  must(prctl(PR_SET_CHILD_SUBREAPER, 1), "subreaper");
  change_directory();
  if (options.inside) must(prctl(PR_SET_DUMPABLE, 0), "dumpable");
  if (options.proxy_port) start_relay(options.proxy_port, proxy_held);
  pid_t command = start_command();
  struct ending ending = watch(command, parent_life, signals);
  kill_descendants();
  end_like(ending);
}

int main(int count, char **words) {
  pid_t parent = getppid();
  parse(count, words);
  int parent_life = (int)must(syscall(NR_pidfd_open, parent, 0), "pidfd of the parent");
  if (getppid() != parent) { /* it ended before we could watch it */
    errno = ESRCH;
    fail("parent");
  }
  must(syscall(NR_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC_), "close_range");
  signal(SIGPIPE, SIG_IGN);
  hold_proxy();
  /* Before the first placeholder: asked to end from here on, it removes them first. */
  int signals = watch_signals();
  if (options.landlock_only || options.unconfined) run_without_namespaces(parent_life, signals);
  hold_all();
  run_in_namespaces(parent_life, signals);
}
