import { projectFolder } from '#main/project-folder.js';
import { CommandLine } from '#tools/demo/command-line.js';
import { Demo } from '#tools/demo/demo.js';
import { NothingRunningError } from '#tools/demo/demo.errors.js';
import { Page } from '#tools/demo/page.js';
import { findRunningStart } from '#tools/demo/running-start.js';

try {
  const root = projectFolder();
  const start = await findRunningStart(process.env, root);
  const demo = new Demo(start, new CommandLine(root, start.dataDir), new Page(process.stdout));
  process.exitCode = (await demo.show()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof NothingRunningError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
}
