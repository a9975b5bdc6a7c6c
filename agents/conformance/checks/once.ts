import { type Check, demandSame } from '../check.ts';

/** How often and beside what a program starts. */
export const once: readonly Check[] = [
  {
    name: 'repeated Execute',
    about: 'a repeat of an id gives the id and starts nothing, while it runs and after',
    async run(subject) {
      const { client } = subject;
      const file = `ran-${subject.options.prefix}`;
      const request = subject.request(`echo "$1" >>${file}; sleep 0.3; cat ${file}`, { args: ['first'] });
      const again = { ...request, args: [...request.args.slice(0, -1), 'second'] };
      demandSame('Execute', await client.execute(request), request.id);
      demandSame('Execute again', await client.execute(again), request.id);
      demandSame('what ran', `${(await subject.end(request.id)).stdout}`, 'first\n');
      demandSame('Execute after the end', await client.execute(again), request.id);
      demandSame('what ran by then', `${(await subject.run(`cat ${file}; rm ${file}`)).stdout}`, 'first\n');
    },
  },
  {
    name: 'repeats at once',
    about: 'of many Executes of one id at the same time one starts',
    async run(subject) {
      const file = `many-${subject.options.prefix}`;
      const request = subject.request(`echo x >>${file}`);
      await Promise.all(Array.from({ length: 8 }, () => subject.client.execute(request)));
      await subject.end(request.id);
      demandSame('starts', `${(await subject.run(`cat ${file}; rm ${file}`)).stdout}`, 'x\n');
    },
  },
  {
    name: 'side by side',
    about: 'a program does not wait for another one',
    async run(subject) {
      const file = `go-${subject.options.prefix}`;
      const first = await subject.start(`until [ -e ${file} ]; do sleep 0.02; done; rm ${file}; echo went`);
      await subject.run(`touch ${file}`);
      demandSame('the first', `${(await subject.end(first)).stdout}`, 'went\n');
    },
  },
];
