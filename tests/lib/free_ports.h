/* Ports for the nodes of a test: a run of them that nothing listens on, below the range from which the system takes the
 * local ends of connections, so that a test running beside this one does not get in between. */
#ifndef MC_TESTS_LIB_FREE_PORTS_H
#define MC_TESTS_LIB_FREE_PORTS_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#define FREE_PORTS_FIRST 20000u
#define FREE_PORTS_LAST  31500u
#define FREE_PORTS_STEP  10u
/* A devnet's peers listen so much above its RPC ports. */
#define FREE_PORTS_PEERS 100u

static inline bool free_ports_usable(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* The first of FREE_PORTS_STEP ports that are free, as are those FREE_PORTS_PEERS above them; 0: there are none.  Each
 * call goes on where the last ended; processes start at different places. */
static inline uint16_t free_ports(void)
{
    static uint32_t turn;
    const uint32_t places = (FREE_PORTS_LAST - FREE_PORTS_FIRST) / FREE_PORTS_STEP;
    for (uint32_t i = 0; i < places; i++) {
        uint32_t place = ((uint32_t)getpid() * 37u + turn++) % places;
        uint16_t first = (uint16_t)(FREE_PORTS_FIRST + place * FREE_PORTS_STEP);
        bool ok = true;
        for (uint16_t k = 0; k < FREE_PORTS_STEP && ok; k++)
            ok = free_ports_usable((uint16_t)(first + k)) &&
                 free_ports_usable((uint16_t)(first + FREE_PORTS_PEERS + k));
        if (ok)
            return first;
    }
    return 0;
}

#endif
