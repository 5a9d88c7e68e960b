// What the C library declares only under _GNU_SOURCE, or variadic and so invisible to Swift.
//
// No system header is included here: under other feature macros its types would clash with the ones Swift sees.
#ifndef SALLYPORT_CPOSIX_H
#define SALLYPORT_CPOSIX_H

/// Both ends close-on-exec from birth: there is no moment in which another thread's child could inherit them.
int sallyport_pipe(int ends[2]);

/// The status flags (O_NONBLOCK and others), or -1.
int sallyport_status_flags(int descriptor);
int sallyport_set_status_flags(int descriptor, int flags);

/// `actions` is a posix_spawn_file_actions_t: the new process closes every descriptor from `first` on.
int sallyport_close_from(void *actions, int first);

/// `signals` is a sigset_t, which the caller has blocked; the result is readable, non-blocking and close-on-exec, or -1.
int sallyport_signal_descriptor(const void *signals);

/// The number of a signal that has arrived at such a descriptor, or 0 when there is none.
int sallyport_next_signal(int descriptor);

/// No core dump and no tracing by the same user.
int sallyport_forbid_dumps(void);

/// 0: the child still runs; 1: it exited, `*value` is its code; 2: a signal ended it, `*value` is the number. The child stays a zombie,
/// so that its process group's number cannot be given to anyone else before we have used it.
int sallyport_peek_exit(int child, int *value);

/// The environment, ended by a null pointer.
char **sallyport_environment(void);

#endif
