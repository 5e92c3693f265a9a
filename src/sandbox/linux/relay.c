/*
 * The relay: the only way out of a sandbox with a list of allowed hosts. Included by
 * helper.c. A process of its own inside the sandbox takes TCP connections on the
 * loopback interface and carries each to the agent's Unix socket, byte by byte; the
 * agent decides. It understands nothing of what it carries.
 *
 * It runs beside the keeper, not in it, so that a flood of connections cannot delay
 * the end of a command. The socket is held by a descriptor opened before the sandbox
 * was made: its path may be longer than an address can be, and nothing inside can
 * put another in its place.
 *
 * Sources: tcp(7), unix(7), poll(2), shutdown(2).
 */

/* As many as a browser opens at a time; the next ones wait in the backlog. */
enum { RELAY_CONNECTIONS_MAX = 64, RELAY_BACKLOG = 128, RELAY_BUFFER = 16384 };

/* One direction of a connection. */
struct flow {
  int from, to;
  size_t start, end; /* what was read and not yet written */
  int read_ended;    /* `from` has no more */
  int write_ended;   /* and `to` knows */
  unsigned char bytes[RELAY_BUFFER];
};

struct connection {
  int is_open, inside, outside;
  struct flow out, in;
};

/* Pages nobody uses are never touched. */
static struct connection relay_connections[RELAY_CONNECTIONS_MAX];

static int listen_on_loopback(int port) {
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons((uint16_t)port),
    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  int fd = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "proxy");
  must(bind(fd, (struct sockaddr *)&address, sizeof address), "proxy");
  must(listen(fd, RELAY_BACKLOG), "proxy");
  return fd;
}

static int connect_outside(int held) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", held);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static void reset_flow(struct flow *flow, int from, int to) {
  flow->from = from;
  flow->to = to;
  flow->start = flow->end = 0;
  flow->read_ended = flow->write_ended = 0;
}

static struct connection *free_connection(void) {
  for (int i = 0; i < RELAY_CONNECTIONS_MAX; i++)
    if (!relay_connections[i].is_open) return &relay_connections[i];
  return NULL;
}

static void accept_connection(int listener, int held) {
  struct connection *connection = free_connection();
  int inside = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (inside < 0) return;
  int outside = connection ? connect_outside(held) : -1;
  if (outside < 0) { /* the agent is gone or has enough */
    close(inside);
    return;
  }
  connection->is_open = 1;
  connection->inside = inside;
  connection->outside = outside;
  reset_flow(&connection->out, inside, outside);
  reset_flow(&connection->in, outside, inside);
}

static int would_wait(void) {
  return errno == EAGAIN || errno == EINTR;
}

/* Moves what there is now; -1 when the connection is broken. */
static int move(struct flow *flow) {
  if (flow->start == flow->end && !flow->read_ended) {
    ssize_t count = read(flow->from, flow->bytes, sizeof flow->bytes);
    if (count < 0 && !would_wait()) return -1;
    if (count == 0) flow->read_ended = 1;
    flow->start = 0;
    flow->end = count > 0 ? (size_t)count : 0;
  }
  if (flow->start < flow->end) {
    ssize_t count = write(flow->to, flow->bytes + flow->start, flow->end - flow->start);
    if (count < 0 && !would_wait()) return -1;
    if (count > 0) flow->start += (size_t)count;
  }
  if (flow->start == flow->end && flow->read_ended && !flow->write_ended) {
    flow->write_ended = 1;
    shutdown(flow->to, SHUT_WR);
  }
  return 0;
}

static void serve_connection(struct connection *connection) {
  int is_broken = move(&connection->out) < 0 || move(&connection->in) < 0;
  if (!is_broken && !(connection->out.write_ended && connection->in.write_ended)) return;
  close(connection->inside);
  close(connection->outside);
  connection->is_open = 0;
}

/* What to wait for at one end: room for what comes to it, or more of what it says. */
static struct pollfd wanted(int fd, const struct flow *from_it, const struct flow *to_it) {
  short events = 0;
  if (from_it->start == from_it->end && !from_it->read_ended) events |= POLLIN;
  if (to_it->start < to_it->end) events |= POLLOUT;
  /* An end nothing is wanted of would report that it hung up without pause. */
  return (struct pollfd){ .fd = events ? fd : -1, .events = events };
}

static _Noreturn void run_relay(int listener, int held) {
  struct pollfd fds[1 + 2 * RELAY_CONNECTIONS_MAX];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  drop_capabilities();
  for (;;) {
    fds[0] = (struct pollfd){ .fd = free_connection() ? listener : -1, .events = POLLIN };
    for (int i = 0; i < RELAY_CONNECTIONS_MAX; i++) {
      struct connection *connection = &relay_connections[i];
      struct pollfd none = { .fd = -1 };
      fds[1 + 2 * i] = connection->is_open
        ? wanted(connection->inside, &connection->out, &connection->in) : none;
      fds[2 + 2 * i] = connection->is_open
        ? wanted(connection->outside, &connection->in, &connection->out) : none;
    }
    if (poll(fds, 1 + 2 * RELAY_CONNECTIONS_MAX, -1) < 0 && errno != EINTR) _exit(1);
    for (int i = 0; i < RELAY_CONNECTIONS_MAX; i++)
      if (relay_connections[i].is_open && (fds[1 + 2 * i].revents || fds[2 + 2 * i].revents))
        serve_connection(&relay_connections[i]);
    if (fds[0].revents) accept_connection(listener, held);
  }
}

/* Listens before the command can start, so that its first connection is heard. */
static void start_relay(int port, int held) {
  int listener = listen_on_loopback(port);
  pid_t relay = (pid_t)must(fork(), "proxy");
  if (relay == 0) {
    for (int fd = 0; fd < 3; fd++) close(fd);
    run_relay(listener, held);
  }
  close(listener);
  close(held);
}
