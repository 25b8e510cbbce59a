#!/usr/bin/env node
// Committed and executable, so that the command survives a build that starts from nothing.
require('node:module').enableCompileCache?.();
const { main } = require('../dist/cli/main.js');

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
