// Runs a program as `node script args...` does; without arguments, waits on file descriptor 3 for what to run.
// The job on the descriptor is ten digits, its length in bytes, then fields that end in a NUL: the directory, the count
// of arguments, the arguments, and the variables of the environment.
'use strict';
const { closeSync, readSync, writeSync } = require('node:fs');
const { runMain } = require('node:module');
const { resolve } = require('node:path');

const CHANNEL = 3;

function read(length) {
  const data = Buffer.alloc(length);
  for (let got = 0; got < length; ) {
    const part = readSync(CHANNEL, data, got, length - got);
    if (part === 0) process.exit(); // the server is gone, and nobody needs us
    got += part;
  }
  return data.toString();
}

function waitForJob() {
  const [directory, count, ...fields] = read(Number(read(10)))
    .split('\0')
    .slice(0, -1);
  const words = fields.splice(0, Number(count));
  process.chdir(directory);
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const variable of fields) {
    const at = variable.indexOf('=');
    process.env[variable.slice(0, at)] = variable.slice(at + 1);
  }
  writeSync(CHANNEL, 'started\n');
  closeSync(CHANNEL);
  return words;
}

// made here, ahead of the program: half of what its first line would take
for (const stream of [process.stdout, process.stderr]) stream.fd;

const given = process.argv.slice(2);
const [script, ...words] = given.length > 0 ? given : waitForJob();
process.argv.splice(1, process.argv.length, resolve(script), ...words);
delete require.cache[__filename];
// not from here, or this file would show at the end of the program's stack traces
process.nextTick(runMain, process.argv[1]);
