import type { Client } from '@faregate/contract'
import type { Command } from './command.ts'
import { everyItem, organizationOrOnly } from './lookup.ts'
import { table, type Cell } from './output.ts'

interface Page<Item> {
  data: Item[]
  next: string | null
}

/** What is listed, and what stands in each column, by its title. */
interface Listed<Item> {
  name: string
  summary: string
  page: (client: Client, id: string, query: { limit: number; cursor?: string }) => Promise<Page<Item>>
  columns: Record<string, (item: Item) => Cell>
  /** Instead of a table where there is nothing. */
  none?: string
}

/** The command that lists all of something that an organization has. */
export function listOfOrganization<Item>({ name, summary, page, columns, none }: Listed<Item>): Command {
  return {
    name,
    summary,
    args: ['[organization]'],
    async run(call) {
      const client = await call.client()
      const { id } = await organizationOrOnly(client, call.args[0])
      const all = await everyItem((cursor) => page(client, id, { limit: 500, ...cursor }))
      const cells = Object.values(columns)
      const rows = all.map((item) => cells.map((cell) => cell(item)))
      call.output.result(all, table(Object.keys(columns), rows, none))
    },
  }
}
