import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Lines } from './commands-plans.ts'

interface Shown {
  model: string
  system: string | null
  output: unknown
  maxTokens: number | null
  temperature: number | null
  variables: Record<string, { type: string; enum: string[] | null; default: unknown }>
}

/** The commands that publish prompts; files are written into `folder`. */
export function publishedPrompts({ does, runs, answered }: Lines, folder: string): void {
  const prompt = (...flags: string[]) => ['api', 'prompt', 'translate', ...flags]
  const shown = async (...flags: string[]): Promise<Shown> => (await answered<{ prompt: Shown }>(...prompt(...flags))).prompt

  describe('published prompts', () => {
    test('a prompt is drafted with variables of each type, changed, shown, published and tested', async () => {
      const schema = join(folder, 'output.json')
      writeFileSync(schema, '{"type":"object","properties":{"a":{"type":"string"}}}')
      const variables = [
        'text string',
        'language de|en = de',
        'words integer=100',
        'share number = 0.5',
        'plain boolean = false',
        'tone string = a = b',
      ]
      const texts = ['--system', '{{language}} {{words}} {{share}}', '--user', '{{text}} {{plain}} {{tone}}']
      const settings = ['--output', schema, '--max-tokens', '20', '--temperature', '0.5', '--prefix', '/acme/translate']
      const drafted = await shown('--model', 'demo', ...texts, ...settings, ...variables.flatMap((one) => ['--variable', one]))
      assert.deepEqual(
        Object.entries(drafted.variables).map(([name, variable]) => [name, variable.type, variable.enum, variable.default]),
        [
          ['text', 'string', null, null],
          ['language', 'string', ['de', 'en'], 'de'],
          ['words', 'integer', null, 100],
          ['share', 'number', null, 0.5],
          ['plain', 'boolean', null, false],
          ['tone', 'string', null, 'a = b'],
        ],
      )
      assert.deepEqual([drafted.maxTokens, drafted.temperature, typeof drafted.output], [20, 0.5, 'object'])
      const bare = await shown('--no-system', '--user', 'Hello', '--no-variables', '--no-output', '--no-max-tokens', '--no-temperature')
      assert.deepEqual(bare, {
        model: 'demo',
        system: null,
        user: 'Hello',
        variables: {},
        output: null,
        maxTokens: null,
        temperature: null,
      })
      assert.match(
        (await does(...prompt('--rebase', '--user', '{{a}}\n{{a}}', '--variable', 'a x|y'))).stdout,
        /^prompt\.user +– +"\{\{a\}\}\\n/m,
      )
      assert.match((await does('api', 'draft', 'translate')).stdout, /^a +x\|y +required/m)
      await does('api', 'publish', 'translate', '--override', 'unpayable')
      const page = (await does('api', 'show', 'translate')).stdout
      for (const line of [/^asks +model demo$/m, /^url +\S+\/acme\/translate$/m, /^a +x\|y +required/m]) assert.match(page, line)
      assert.match((await does('api', 'list')).stdout, /^translate +\S+ +model demo/m)
      assert.match((await does('api', 'release', 'translate', '1')).stdout, /^asks +model demo$/m)
      assert.match((await does('api', 'test', 'translate')).stdout, /^Its model "demo" is served, and has a price\./)
      await does('api', 'remove', 'translate')
    })

    test('what is no variable, and no schema, ends with 2; what the gateway refuses with 1', async () => {
      const broken = join(folder, 'broken.json')
      writeFileSync(broken, '{')
      for (const flags of [
        ['--variable', 'text'],
        ['--variable', 'text words'],
        ['--variable', 'text = x'],
        ['--output', broken],
      ])
        assert.equal((await runs(...prompt(...flags))).code, 2, flags.join(' '))
      const refused = await runs(...prompt('--user', '{{text}}'))
      assert.deepEqual([refused.code, /\/prompt\/user: line 1, column 1/.test(refused.stderr)], [1, true], refused.stderr)
      const number = await runs(...prompt('--user', '{{n}}', '--variable', 'n integer = many'))
      assert.deepEqual([number.code, /\/prompt\/variables\/n\/default/.test(number.stderr)], [1, true], number.stderr)
    })
  })
}
