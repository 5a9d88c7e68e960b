#define _GNU_SOURCE
#include "CPosix.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int sallyport_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int sallyport_status_flags(int descriptor) { return fcntl(descriptor, F_GETFL); }

int sallyport_set_status_flags(int descriptor, int flags) { return fcntl(descriptor, F_SETFL, flags); }

int sallyport_close_from(void *actions, int first) { return posix_spawn_file_actions_addclosefrom_np(actions, first); }

int sallyport_signal_descriptor(const void *signals) { return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK); }

int sallyport_next_signal(int descriptor) {
  struct signalfd_siginfo arrived;
  return read(descriptor, &arrived, sizeof arrived) == sizeof arrived ? (int)arrived.ssi_signo : 0;
}

int sallyport_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int sallyport_peek_exit(int child, int *value) {
  siginfo_t info = {0};
  if (waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return 0;
  *value = info.si_status;
  return info.si_code == CLD_EXITED ? 1 : 2;
}

char **sallyport_environment(void) { return environ; }
