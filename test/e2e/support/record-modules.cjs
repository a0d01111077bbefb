// Loaded into every Node of a run by NODE_OPTIONS: appends the project's files each process loads to the file that
// MODULE_RECORD names, one a line, below the folder MODULE_RECORD_ROOT.
const { appendFileSync } = require('node:fs');
const Module = require('node:module');
const { fileURLToPath } = require('node:url');

const file = process.env.MODULE_RECORD;
const root = `${process.env.MODULE_RECORD_ROOT}/`;

function record(path) {
  const inside = path.startsWith(root) ? path.slice(root.length) : 'node_modules/';
  if (!inside.startsWith('node_modules/')) appendFileSync(file, `${inside}\n`);
}

if (file !== undefined) {
  // What is required: compilers such as tsx put themselves behind this.
  const load = Module.prototype.load;
  Module.prototype.load = function (path) {
    record(path);
    return load.call(this, path);
  };
  // What is imported. npm itself may run on a Node without hooks; it loads nothing of ours.
  Module.registerHooks?.({
    load(url, context, nextLoad) {
      if (url.startsWith('file:')) record(fileURLToPath(url));
      return nextLoad(url, context);
    },
  });
}
