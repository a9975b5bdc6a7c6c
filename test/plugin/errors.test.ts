import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ApiError, type ApiStatus, ConnectionError } from '../../crds/client/api-error.ts';
import { table } from '../../install/reference/markdown.ts';
import { adviseOn } from '../../plugin/api-advice.ts';
import { COMMAND_ERROR_CODES, LIBRARY_ERROR_CODES } from '../../plugin/error-codes.ts';
import {
  brokenPipeError,
  deadlineError,
  deniedError,
  internalError,
  interruptedError,
  KrtError,
  unavailableError,
  usageError,
} from '../../plugin/errors.ts';
import { EXIT, EXIT_MEANINGS } from '../../plugin/exit-codes.ts';
import { reportError } from '../../plugin/report-error.ts';
import { suggest } from '../../plugin/suggest.ts';
import { ROOT } from '../acceptance/harness/settings.ts';

/** The table of exit codes that users were promised: a change of it breaks their scripts. */
const PROMISED = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  internal: 70,
  deadline: 75,
  denied: 77,
  timeout: 124,
  cancelled: 125,
  interrupted: 130,
  brokenPipe: 141,
};

describe('exit codes', () => {
  it('are those that were promised', () => {
    expect(EXIT).to.deep.equal(PROMISED);
  });

  it('are all told in help, each once', () => {
    const told = EXIT_MEANINGS.map(([code]) => code);
    const own = Object.values(EXIT).filter(code => code !== 0);
    expect(told.toSorted()).to.deep.equal(['0-255', ...own.map(String)].toSorted());
  });

  for (const [error, exitCode] of [
    [usageError('x'), 64],
    [unavailableError('x'), 69],
    [internalError('x'), 70],
    [deadlineError('x'), 75],
    [deniedError('x'), 77],
    [interruptedError(), 130],
    [brokenPipeError(), 141],
  ] as const) {
    it(`are ${exitCode} for ${error.code}`, () => {
      expect(error.exitCode).to.equal(exitCode);
      expect(reportError(error, false).exitCode).to.equal(exitCode);
    });
  }
});

describe('error codes', () => {
  const codes = Object.keys({ ...LIBRARY_ERROR_CODES, ...COMMAND_ERROR_CODES });

  it('are all thrown somewhere', () => {
    const sources = globSync('plugin/**/*.ts', { cwd: ROOT, exclude: ['plugin/error-codes.ts'] });
    const text = sources.map(path => readFileSync(join(ROOT, path), 'utf8')).join();
    expect(codes.filter(code => !text.includes(`'${code}'`))).to.deep.equal([]);
  });

  it('of the library are told on its page, with their meanings', () => {
    const page = readFileSync(join(ROOT, 'docs/library.md'), 'utf8').replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');
    const rows = Object.entries(LIBRARY_ERROR_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]);
    expect(page).to.include(table(['code', 'meaning'], rows));
  });
});

const refused = (code: string) => new ConnectionError('host:1', Object.assign(new Error(`connect ${code}`), { code }));
const answer = (status: number, body: ApiStatus = {}) => new ApiError(status, { message: 'as it says', ...body });

describe('advice on failures of the API', () => {
  for (const [title, error, exitCode, code, message] of [
    [
      'no answer',
      refused('ECONNREFUSED'),
      69,
      'Unavailable',
      'cannot reach the API server: no answer from host:1: connect ECONNREFUSED',
    ],
    ['a certificate that is not trusted', refused('SELF_SIGNED_CERT_IN_CHAIN'), 69, 'Unavailable', /SELF_SIGNED/],
    ['no credentials', answer(401), 77, 'Denied', /401/],
    ['no permission', answer(403), 77, 'Denied', 'as it says'],
    ['an object that is not there', answer(404, { details: { name: 'x' } }), 64, 'NotFound', 'as it says'],
    ['a kind that is not there', answer(404), 64, 'NotInstalled', /does not serve kruntimes\.io/],
    ['a name that is there', answer(409, { reason: 'AlreadyExists' }), 64, 'AlreadyExists', 'as it says'],
    ['a conflict', answer(409, { reason: 'Conflict' }), 70, 'Internal', 'as it says'],
    ['a bad request', answer(400, { reason: 'BadRequest' }), 64, 'Invalid', 'as it says'],
    ['an invalid object', answer(422, { reason: 'Invalid' }), 64, 'Invalid', 'as it says'],
    ['one that is too large', answer(413), 64, 'Invalid', 'as it says'],
    ['too many requests', answer(429), 69, 'Unavailable', 'as it says'],
    ['a server that starts', answer(503), 69, 'Unavailable', 'as it says'],
    ['a server that fails', answer(500), 70, 'Internal', 'the API server failed (500): as it says'],
  ] as const) {
    it(`is given for ${title}`, () => {
      const advised = adviseOn(error) as KrtError;
      expect(advised).to.be.instanceOf(KrtError).and.include({ exitCode, code });
      if (typeof message === 'string') expect(advised.message).to.equal(message);
      else expect(advised.message).to.match(message);
    });
  }

  it('leaves what is not one as it is', () => {
    const [own, foreign] = [usageError('x'), new TypeError('y')];
    expect([adviseOn(own), adviseOn(foreign)]).to.deep.equal([own, foreign]);
  });
});

describe('an error as it is shown', () => {
  for (const [title, error, colour, text] of [
    ['what, and what to do', usageError('wrong', 'do right'), false, 'error: wrong\ndo right\n'],
    ['what alone', usageError('wrong'), false, 'error: wrong\n'],
    ['in colour', usageError('wrong', 'do right'), true, '\u001b[31merror:\u001b[39m wrong\ndo right\n'],
    ['in one line each', usageError('one\n  two\n', 'a\nb'), false, 'error: one; two\na; b\n'],
    ['harmless', usageError('\u001b]0;owned\u0007\u009b2J'), false, 'error: ]0;owned2J\n'],
    ['an interrupt with no word', interruptedError(), false, ''],
    ['an interrupt that goes on', interruptedError('it goes on', 'krt logs x'), true, 'it goes on\nkrt logs x\n'],
    ['a reader that went away with no word', brokenPipeError(), false, ''],
  ] as const) {
    it(`says ${title}`, () => {
      expect(reportError(error, colour).text).to.equal(text);
    });
  }

  it('tells commands to type as the user calls krt', () => {
    const hint = (text: string) => reportError(usageError('x', text), false, 'kubectl krt').text.split('\n')[1];
    expect(hint('krt is there: krt list, or krt runtime list')).to.equal(
      'krt is there: kubectl krt list, or kubectl krt runtime list',
    );
    expect(hint('did you mean: kubectl krt list')).to.equal('did you mean: kubectl krt list');
  });

  it('shows the stack of a bug, and of nothing else', () => {
    const { text, exitCode } = reportError(new TypeError('x is not a function'), false);
    expect(exitCode).to.equal(70);
    expect(text).to.match(/^error: this is a bug of krt's, please report it\nTypeError: x is not a function\n +at /);
    expect(reportError('thrown text', false).text).to.include('thrown text');
  });
});

describe('a suggestion', () => {
  const commands = ['run', 'list', 'logs', 'runtime', 'describe', 'delete'];
  for (const [word, expected] of [
    ['rum', 'run'],
    ['lsit', 'list'],
    ['descrbe', 'describe'],
    ['LIST', 'list'],
    ['desc', 'describe'],
    ['xyz', undefined],
    ['', undefined],
  ] as const) {
    it(`for "${word}" is ${expected ?? 'not made'}`, () => {
      expect(suggest(word, commands)).to.equal(expected);
    });
  }
});
