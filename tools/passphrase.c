#include "tools/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* One line into out (TOOL_PASSPHRASE_MAX bytes), without its end of line. */
static enum mc_err read_line(char *out, int fd, struct mc_errmsg *em)
{
    size_t n = 0;
    for (;;) {
        char c;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mc_fail(em, MC_EIO, "%s", strerror(errno));
        if (got == 0 || c == '\n')
            break;
        if (c == 0)
            return mc_fail(em, MC_EMALFORM, "holds a NUL byte");
        if (n + 1 >= TOOL_PASSPHRASE_MAX)
            return mc_fail(em, MC_ELIMIT, "longer than %u bytes", TOOL_PASSPHRASE_MAX - 1);
        out[n++] = c;
    }
    if (n > 0 && out[n - 1] == '\r')
        n--;
    out[n] = 0;
    return n > 0 ? MC_OK : mc_fail(em, MC_EINVAL, "empty");
}

static enum mc_err ask(char *out, int tty, const char *prompt, struct mc_errmsg *em)
{
    struct termios was, quiet;
    if (tcgetattr(tty, &was) != 0)
        return mc_fail(em, MC_EIO, "%s", strerror(errno));
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    dprintf(tty, "%s: ", prompt);
    tcsetattr(tty, TCSAFLUSH, &quiet);
    enum mc_err err = read_line(out, tty, em);
    tcsetattr(tty, TCSAFLUSH, &was);
    dprintf(tty, "\n");
    return err;
}

static enum mc_err from_terminal(char *out, const char *prompt, bool again, struct mc_errmsg *em)
{
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (tty < 0)
        return mc_fail(em, MC_EINVAL,
                       "there is no terminal to ask at; give --passphrase-file FILE or "
                       "--passphrase-fd N");
    enum mc_err err = ask(out, tty, prompt, em);
    if (err == MC_OK && again) {
        char *second = mc_secret_new(TOOL_PASSPHRASE_MAX);
        err = second == NULL ? mc_fail(em, MC_ENOMEM, "out of memory")
                             : ask(second, tty, "the same again", em);
        if (err == MC_OK && strcmp(out, second) != 0)
            err = mc_fail(em, MC_EINVAL, "the two differ; try again");
        mc_secret_free(second);
    }
    close(tty);
    return err;
}

static enum mc_err from_file(char *out, const char *path, struct mc_errmsg *em)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum mc_err err = fd < 0 ? mc_fail(em, MC_EIO, "%s", strerror(errno)) : read_line(out, fd, em);
    if (fd >= 0)
        close(fd);
    if (err != MC_OK)
        mc_errwrap(em, "%s", path);
    return err;
}

enum mc_err tool_passphrase(char **out, const struct tool_pass_src *src, const char *prompt,
                            bool again, struct mc_errmsg *em)
{
    char *text = mc_secret_new(TOOL_PASSPHRASE_MAX);
    enum mc_err err;
    if (text == NULL)
        return mc_fail(em, MC_ENOMEM, "out of memory");
    if (src->file != NULL)
        err = from_file(text, src->file, em);
    else if (src->fd != UINT64_MAX)
        err = read_line(text, (int)src->fd, em);
    else
        err = from_terminal(text, prompt, again, em);
    if (err != MC_OK) {
        mc_errwrap(em, "passphrase");
        mc_secret_free(text);
        return err;
    }
    *out = text;
    return MC_OK;
}
