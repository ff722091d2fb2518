#include "node/verify.h"

#include <pthread.h>
#include <stdlib.h>

struct verify {
    struct cons_chain chain;
    void (*wake)(void *arg);
    void *arg;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct verify_job *todo, **todo_end;
    struct verify_job *done, **done_end;
    bool stop;
};

struct verify_job *verify_job_new(void)
{
    struct verify_job *job = calloc(1, sizeof *job);
    if (job != NULL)
        mc_arena_init(&job->arena, 16u * CONS_MSG_OVERHEAD_MAX);
    return job;
}

void verify_job_free(struct verify_job *job)
{
    if (job == NULL)
        return;
    mc_buf_free(&job->wire);
    mc_arena_free(&job->arena);
    free(job);
}

static void run(struct verify *v, struct verify_job *job)
{
    mc_arena_reset(&job->arena);
    job->checked = false;
    job->err = cons_msg_decode(&job->msg, &job->arena, mc_buf_slice(&job->wire),
                               CONS_BODY_BYTES_MAX, &job->em);
    if (job->err != MC_OK)
        return;
    uint64_t h = job->msg.vote.height;
    if (h != job->height && h != job->height + 1)
        return;
    job->checked = true;
    job->err = cons_msg_verify(&job->msg, &v->chain, &job->set, &job->em);
}

static void *thread_main(void *arg)
{
    struct verify *v = arg;
    pthread_mutex_lock(&v->lock);
    for (;;) {
        while (v->todo == NULL && !v->stop)
            pthread_cond_wait(&v->more, &v->lock);
        if (v->stop)
            break;
        struct verify_job *job = v->todo;
        v->todo = job->next;
        if (v->todo == NULL)
            v->todo_end = &v->todo;
        job->next = NULL;
        pthread_mutex_unlock(&v->lock);
        run(v, job);
        pthread_mutex_lock(&v->lock);
        *v->done_end = job;
        v->done_end = &job->next;
        v->wake(v->arg);
    }
    pthread_mutex_unlock(&v->lock);
    return NULL;
}

enum mc_err verify_start(struct verify **out, const struct cons_chain *chain,
                         void (*wake)(void *arg), void *arg, struct mc_errmsg *em)
{
    struct verify *v = calloc(1, sizeof *v);
    if (v == NULL)
        return mc_fail(em, MC_ENOMEM, "verify thread: out of memory");
    v->chain = *chain;
    v->wake = wake;
    v->arg = arg;
    v->todo_end = &v->todo;
    v->done_end = &v->done;
    pthread_mutex_init(&v->lock, NULL);
    pthread_cond_init(&v->more, NULL);
    if (pthread_create(&v->thread, NULL, thread_main, v) != 0) {
        pthread_mutex_destroy(&v->lock);
        pthread_cond_destroy(&v->more);
        free(v);
        return mc_fail(em, MC_ENOMEM, "verify thread: cannot be started");
    }
    *out = v;
    return MC_OK;
}

void verify_stop(struct verify *v)
{
    if (v == NULL)
        return;
    pthread_mutex_lock(&v->lock);
    v->stop = true;
    pthread_cond_signal(&v->more);
    pthread_mutex_unlock(&v->lock);
    pthread_join(v->thread, NULL);
    for (struct verify_job *job = v->todo, *next; job != NULL; job = next) {
        next = job->next;
        verify_job_free(job);
    }
    for (struct verify_job *job; (job = verify_take(v)) != NULL;)
        verify_job_free(job);
    pthread_mutex_destroy(&v->lock);
    pthread_cond_destroy(&v->more);
    free(v);
}

void verify_put(struct verify *v, struct verify_job *job)
{
    pthread_mutex_lock(&v->lock);
    *v->todo_end = job;
    v->todo_end = &job->next;
    pthread_cond_signal(&v->more);
    pthread_mutex_unlock(&v->lock);
}

struct verify_job *verify_take(struct verify *v)
{
    pthread_mutex_lock(&v->lock);
    struct verify_job *job = v->done;
    if (job != NULL) {
        v->done = job->next;
        if (v->done == NULL)
            v->done_end = &v->done;
        job->next = NULL;
    }
    pthread_mutex_unlock(&v->lock);
    return job;
}
