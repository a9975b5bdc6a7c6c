import { expect } from 'chai';
import { survivorsOf, uniqueSleep } from '../harness/survivors.ts';
import { sh, useWorld } from '../harness/world.ts';

/** Ways to get away from one's parent; each leaves a marked sleep behind if it works. */
const ESCAPES: Record<string, string> = {
  'a child in the background': 'sleep "$M" &',
  setsid: 'setsid sleep "$M" &',
  'nohup and setsid with all files closed': 'setsid nohup sleep "$M" </dev/null >/dev/null 2>&1 &',
  'a double fork': '( ( setsid sleep "$M" & ) & )',
  'an empty environment': 'setsid env -i sleep "$M" &',
  'a child that ignores SIGTERM': '( trap "" TERM; exec setsid sleep "$M" ) &',
  'a stopped child': 'setsid sleep "$M" & kill -STOP $!',
};

describe('isolation', () => {
  const world = useWorld('isolation');

  for (const [title, script] of Object.entries(ESCAPES)) {
    it(`leaves no process of an ended Run: ${title}`, async () => {
      const marker = uniqueSleep();
      // the child must be there before the program ends, or there would be nothing to catch
      const there = 'until grep -qsa "$M" /proc/[0-9]*/cmdline; do :; done';
      const name = await world.submit(sh(`M=$1\n${script}\n${there}\necho started\n`, { args: [marker] }));
      expect((await world.ended(name)).status?.phase).to.equal('Succeeded');
      expect(await survivorsOf(marker, world)).to.equal('');
    });
  }

  it('gives each Run a workspace of its own that it may write', async () => {
    const script =
      'pwd; echo "$HOME"; echo "$TMPDIR"; touch a "$HOME/b" "$TMPDIR/c"; ls; ls "$HOME" "$TMPDIR" | grep .';
    const names = await Promise.all([world.submit(sh(script)), world.submit(sh(script))]);
    const logs: string[][] = [];
    for (const name of names) {
      expect((await world.ended(name)).status?.phase).to.equal('Succeeded');
      logs.push((await world.krt(['logs', name])).stdout.split('\n'));
    }
    const [first, second] = logs as [string[], string[]];
    for (const i of [0, 1, 2]) expect(first[i]).to.not.equal(second[i]);
    expect(first.slice(3, 5)).to.deep.equal(['a', 'script']);
    expect(new Set(first.slice(0, 3))).to.have.lengthOf(3);
  });

  it('tells the program who it is, and gives it none of the Pod’s secrets', async () => {
    const name = await world.submit(sh('env -0 | sort -z | tr "\\0" "\\n"', { env: { MINE: 'x' } }), 'who');
    const { metadata } = await world.ended(name);
    const { stdout } = await world.krt(['logs', name]);
    const env = Object.fromEntries(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split(/=(.*)/s).slice(0, 2)),
    );
    expect(env).to.include({
      MINE: 'x',
      KRUNTIME_RUN_NAME: 'who',
      KRUNTIME_RUN_UID: metadata.uid,
      KRUNTIME_RUN_NAMESPACE: world.namespace,
      KRUNTIME_ATTEMPT: '1',
    });
    expect(env).to.include.keys('KRUNTIME_OUTPUTS', 'KRUNTIME_ARTIFACTS_DIR', 'HOME', 'TMPDIR', 'PATH');
    const allowed = /^(KRUNTIME_\w+|MINE|HOME|TMPDIR|PATH|LANG|PWD|OLDPWD|SHLVL|_)$/;
    expect(Object.keys(env).filter(variable => !allowed.test(variable))).to.deep.equal([]);
  });

  it('hides the token of the Runtime Server from the program', async () => {
    // the folder of the token, as the containers of the Pod know it and as it may be found beside the workspace
    const script = `
      for dir in /krt/auth /krt/state /var/run/secrets/kubernetes.io/serviceaccount; do
        if [ -e "$dir/token" ]; then echo "found $dir/token"; fi
      done
      tr '\\0' '\\n' < /proc/$PPID/environ 2>/dev/null | grep -i token
      echo looked`;
    const name = await world.submit(sh(script));
    await world.ended(name);
    expect((await world.krt(['logs', name])).stdout).to.equal('looked\n');
  });
});
