#include "tools/devnet_run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/http_client.h"
#include "tools/say.h"

enum mc_err devnet_port_free(const struct devnet_node *n, struct mc_errmsg *em)
{
    struct http_url url;
    struct sockaddr_in at = {.sin_family = AF_INET};
    int one = 1, why = 0, fd;
    enum mc_err err = http_url_parse(&url, n->rpc, em);
    if (err != MC_OK)
        return err;
    at.sin_port = htons(http_url_port(&url));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return mc_fail(em, MC_EIO, "socket: %s", strerror(errno));
    /* As the node will do it: a port in TIME_WAIT counts as free. */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1) != 0)
        why = errno;
    close(fd);
    if (why == 0)
        return MC_OK;
    return mc_fail(em, MC_EBUSY,
                   "port %s cannot be used (%s): stop the program that listens there, or choose "
                   "other ports with --rpc-port P",
                   url.port, strerror(why));
}

/* Beside this program, so that a build directory is complete in itself; else the shell's way. */
static void find_program(char out[DEVNET_PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, DEVNET_PATH_MAX - 16);
    char *slash;
    if (n > 0) {
        out[n] = 0;
        slash = strrchr(out, '/');
        snprintf(slash + 1, 16, "medichaind");
        if (access(out, X_OK) == 0)
            return;
    }
    snprintf(out, DEVNET_PATH_MAX, "medichaind");
}

/* In the child: nothing but system calls until the program is replaced. */
static void become_node(const char *program, const struct devnet_node *n, int log_fd, int report_fd)
{
    sigset_t none;
    int why, null_fd = open("/dev/null", O_RDONLY);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    if (null_fd >= 0)
        dup2(null_fd, STDIN_FILENO);
    dup2(log_fd, STDOUT_FILENO);
    dup2(log_fd, STDERR_FILENO);
    execlp(program, "medichaind", "--config", n->config, (char *)NULL);
    why = errno;
    (void)!write(report_fd, &why, sizeof why);
    _exit(127);
}

enum mc_err devnet_node_start(struct devnet_node *n, struct mc_errmsg *em)
{
    char program[DEVNET_PATH_MAX];
    int report[2], why = 0, log_fd;
    pid_t pid;
    find_program(program);
    log_fd = open(n->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log_fd < 0)
        return mc_fail(em, MC_EIO, "%s: %s", n->log, strerror(errno));
    if (pipe2(report, O_CLOEXEC) != 0) {
        close(log_fd);
        return mc_fail(em, MC_EIO, "pipe: %s", strerror(errno));
    }
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        become_node(program, n, log_fd, report[1]);
    close(log_fd);
    close(report[1]);
    if (pid < 0)
        why = errno;
    else if (read(report[0], &why, sizeof why) != (ssize_t)sizeof why)
        why = 0; /* the pipe closed with the exec: it runs */
    close(report[0]);
    if (why != 0) {
        if (pid > 0)
            waitpid(pid, NULL, 0);
        return mc_fail(em, MC_EIO,
                       "cannot start %s: %s; build it beside this program, or put it on $PATH",
                       program, strerror(why));
    }
    n->pid = pid;
    return MC_OK;
}

/* The last lines of a log, cut to fit the words of an error. */
static void log_tail(const char *path, char *out, size_t cap)
{
    char text[401];
    struct stat st;
    ssize_t got = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0)
        got = pread(fd, text, sizeof text - 1, st.st_size > 400 ? st.st_size - 400 : 0);
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = 0;
    const char *from = got == 400 ? strchr(text, '\n') : NULL;
    snprintf(out, cap, "%s", from != NULL && from[1] != 0 ? from + 1 : text);
}

static bool ended(const struct devnet_node *n)
{
    /* Ours is a zombie until it is waited for; another process's child just goes. */
    return waitpid((pid_t)n->pid, NULL, WNOHANG) == (pid_t)n->pid || !devnet_node_alive(n);
}

enum mc_err devnet_node_wait_ready(const struct devnet_node *n, uint64_t timeout_ms,
                                   struct mc_errmsg *em)
{
    uint64_t deadline = tool_now_ms() + timeout_ms;
    struct http_client *http = NULL;
    char why[256] = "it does not answer";
    enum mc_err err = http_client_new(&http, n->rpc, 2000, em);
    while (err == MC_OK) {
        uint32_t status = 0;
        struct mc_slice body;
        if (http_client_request(http, "GET", "/ready", mc_slice(NULL, 0), &status, &body, NULL) ==
            MC_OK) {
            if (status == 200)
                break;
            snprintf(why, sizeof why, "%.*s", (int)body.n, (const char *)body.p);
        }
        if (ended(n)) {
            char tail[400];
            log_tail(n->log, tail, sizeof tail);
            err = mc_fail(em, MC_EIO, "the node ended; the end of %s:\n%s", n->log, tail);
        } else if (tool_now_ms() >= deadline) {
            err = mc_fail(em, MC_EBUSY, "the node is not ready after %u s (%s); see %s",
                          (unsigned)(timeout_ms / 1000), why, n->log);
        } else {
            tool_sleep_ms(20);
        }
    }
    http_client_free(http);
    return err;
}

static bool gone_within(const struct devnet_node *n, uint64_t ms)
{
    uint64_t deadline = tool_now_ms() + ms;
    while (!ended(n)) {
        if (tool_now_ms() >= deadline)
            return false;
        tool_sleep_ms(10);
    }
    return true;
}

void devnet_node_kill(struct devnet_node *n)
{
    if (devnet_node_alive(n)) {
        kill((pid_t)n->pid, SIGKILL);
        (void)gone_within(n, DEVNET_STOP_MS);
    }
    n->pid = 0;
}

bool devnet_node_stop(struct devnet_node *n)
{
    bool gently = true;
    if (devnet_node_alive(n)) {
        kill((pid_t)n->pid, SIGTERM);
        gently = gone_within(n, DEVNET_STOP_MS);
    }
    devnet_node_kill(n);
    return gently;
}
