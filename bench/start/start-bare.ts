/** The peer of `start.warm`, a command of its own like `npm start`: cluster and Gerrit, emptied, and nothing on them. */
import { startLocal } from '../../local/start';

startLocal({ fresh: true })
  .then(({ gerrit }) => gerrit.admin.close())
  .catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
