/** Writes the generated pages of docs/reference: `npm run docs`. `tests/docs/reference.test.ts` fails when one is stale. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliPage } from './docs/cli.ts'
import { denialsPage } from './docs/denials.ts'
import { managementPage } from './docs/management-api.ts'
import type { Page } from './docs/page.ts'
import { allWitnesses, promisesPage } from './docs/promises.ts'
import { updateReport } from './promises/report.ts'
import { ROOT } from './support/root.ts'

export const PAGES: Page[] = [denialsPage, managementPage, cliPage, promisesPage]

/** Where a page lies. */
export function pathOf(page: Page): string {
  return join(ROOT, 'docs/reference', page.file)
}

async function main(): Promise<void> {
  updateReport(allWitnesses())
  for (const page of PAGES) {
    writeFileSync(pathOf(page), await page.text())
    process.stdout.write(`docs/reference/${page.file}\n`)
  }
  // These two belong to the server, which tests them itself.
  await import('../packages/server/src/config/write-reference.ts')
}

if (import.meta.main) await main()
