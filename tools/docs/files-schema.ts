import { folderJsonSchema } from '../../packages/cli/src/files/schema.ts'
import type { Page } from './page.ts'

/** What files of the folder may hold, for editors. */
export const filesSchemaPage: Page = {
  file: 'reference/files.schema.json',
  text: () => `${JSON.stringify(folderJsonSchema(), null, 2)}\n`,
}
