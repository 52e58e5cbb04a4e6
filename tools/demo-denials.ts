/**
 * Makes every refusal of the catalogue happen against a running gateway, prints the answer, carries out its first fix and
 * sends the request again; then writes the same as a page. `npm run demo:denials [-- [CODE…] [--html FILE]]`.
 */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled } from './support/install.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { html: { type: 'string' } } })
ensureInstalled('tests')
// It stands on the tests of the same codes, and these on packages that are only there now.
const { demonstrate } = await import('../tests/denials/demo/demonstrate.ts')
const { page, failed } = await demonstrate(positionals, (text) => process.stdout.write(`${text}\n`))
const file = values.html === undefined ? join(tmpdir(), 'faregate-denials.html') : resolve(values.html)
writeFileSync(file, page)
process.stdout.write(`The same as a page: ${file}\n`)
if (failed > 0) process.exitCode = 1
// Connections that are kept for the next request would keep this process.
process.exit()
