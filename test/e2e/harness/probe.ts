/** A program that has something to lose, in each place where a program has it. */
export const VICTIM = 'echo secret >secret; echo here; sleep 600';

/**
 * A program that tries to reach all that is not its own, and prints what it could, sorted; its argument is the id of
 * its neighbour's attempt. What is tried is tried in earnest: a place that is closed to it prints nothing.
 */
export const PROBE = `
set +m
look() {
  for f in /var/run/secrets/kubernetes.io/serviceaccount/token /krt/state/token /krt/auth/token; do
    [ ! -r "$f" ] || echo "token $f"
  done
  ! cat "/krt/workspace/runs/$1/work/secret" >/dev/null || echo workspace of its neighbour
  for p in /proc/[0-9]*; do
    pid=\${p#/proc/}
    [ "$pid" != $$ ] && [ "$pid" != $BASHPID ] || continue
    ! grep -qa KRT_OF_THE_SERVER $p/environ || echo environment of the server
    words=$(tr '\\0' ' ' <$p/cmdline)
    case $words in
      *bash-runtime.js*) who='the server' ;;
      'sleep 600 ') who='its neighbour' ;;
      *) continue ;;
    esac
    ! grep -qa KRT_OF_A_NEIGHBOUR $p/environ || echo "environment of $who"
    # to open it takes what ptrace takes
    ! (: <$p/mem) || echo "memory of $who"
    ! kill -0 "$pid" || echo "a signal to $who"
    ! ls $p/cwd/ >/dev/null || echo "files of $who by its process"
  done
  # without a token, by HTTP/2 as gRPC has it; "answer 16" is: unauthenticated
  node -e "
    const http2 = require('node:http2');
    const session = http2.connect('http://127.0.0.1:19091');
    session.on('error', () => {});
    const call = session.request({ ':method': 'POST', ':path': '/executor.v1.Runtime/List',
      'content-type': 'application/grpc', te: 'trailers' });
    let status;
    call.on('response', h => { status = h['grpc-status']; });
    call.on('trailers', h => { status = h['grpc-status']; });
    call.on('close', () => { if (status !== '16') console.log('the Runtime Server: answer ' + status); session.close(); });
    call.on('error', () => {});
    call.resume();
    call.end(Buffer.alloc(5));"
  # runtimed has probes and figures for anyone, and artifacts for who knows their secret place
  node -e "
    const paths = ['/artifacts', '/artifacts?location=a', '/artifacts?location=../../etc/passwd'];
    Promise.all(paths.map(async path => {
      const answer = await fetch('http://127.0.0.1:19092' + path).catch(() => ({ status: 404 }));
      if (answer.status !== 404) console.log('runtimed: ' + path + ' ' + answer.status);
    }));"
  echo looked
}
look "$1" 2>/dev/null | sort -u
`;
