// Loaded before every suite: a fixed terminal, no colour, no user configuration, and warnings are failures.
process.env['COLUMNS'] = '80';
process.env['NO_COLOR'] = '1';
delete process.env['FORCE_COLOR'];
delete process.env['KUBECONFIG'];
// c8 measures this process alone: children would pass the variable on, down to the programs of Runs
delete process.env['NODE_V8_COVERAGE'];

process.on('warning', warning => {
  if (warning.name === 'ExperimentalWarning') return; // node:sqlite and type stripping, which we chose
  throw warning;
});
