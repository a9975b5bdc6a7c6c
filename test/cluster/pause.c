/* What holds a Pod's namespaces: it sleeps, and reaps what others leave behind. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) {
  if (signal != SIGCHLD) _exit(0);
  while (waitpid(-1, 0, WNOHANG) > 0) {
  }
}

int main(void) {
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  signal(SIGCHLD, on_signal);
  for (;;) pause();
}
