/** A command of the recorded session, and what it ends with. */
export interface Typed {
  readonly command: string;
  readonly exits?: number;
}

/** What the recording shows; the test types it too. */
export const SESSION: readonly Typed[] = [
  { command: 'krt local up --runtime bash' },
  { command: `krt run -r bash --name hello -c 'echo "hello from $KRUNTIME_RUN_NAME"; exit 3'`, exits: 3 },
  { command: 'echo $?' },
  { command: 'krt run -r bash --name primes -f install/samples/primes.sh -- 8000' },
  { command: 'krt get primes -o outputs' },
  { command: `seq 6 | krt map -r bash -c 'sleep 0.$1; echo "took 0.$1 s"' --each -` },
  { command: 'krt list' },
];

/** What takes away what the session has made; it is not shown. */
export const AFTERWARDS = 'krt local down --delete';

/** Size of the terminal. */
export const COLUMNS = 84;
export const ROWS = 28;
