import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './root.ts'

/** What the process of a test file is started with: see `end-of-file.ts`. */
export const TEST_PROCESS_ARGUMENTS = ['--import', pathToFileURL(join(ROOT, 'tools/support/end-of-file.ts')).href]
