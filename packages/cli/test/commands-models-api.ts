import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Lines } from './commands-plans.ts'

/** The commands that publish models as an API. */
export function publishedModels({ does, runs, answered }: Lines): void {
  describe('published models', () => {
    test('models are drafted under names of their own with a policy, shown, published and tested', async () => {
      const names = ['--model', 'fast demo', '--model', 'smart demo', '--prefix', '/acme/assist']
      const bounds = ['--features', 'chat,tools', '--max-tokens', '50', '--default-tokens', '20', '--temperature', '0.5', '--top-p', '1']
      const told = ['--system', 'Be brief.']
      const drafted = await answered<{ models: unknown; policy: unknown }>('api', 'models', 'assist', ...names, ...bounds, ...told)
      assert.deepEqual(drafted.models, { fast: 'demo', smart: 'demo' })
      const policy = {
        features: ['chat', 'tools'],
        maxTokens: 50,
        defaults: { maxTokens: 20, temperature: 0.5, topP: 1 },
        system: 'Be brief.',
      }
      assert.deepEqual(drafted.policy, policy)
      assert.match(
        (await does('api', 'models', 'assist', '--model', 'fast demo', '--no-policy', '--rebase')).stdout,
        /^models\.fast +– +demo/m,
      )
      assert.match((await does('api', 'draft', 'assist')).stdout, /^fast +demo$/m)
      await does('api', 'publish', 'assist', '--override', 'unpayable')
      const page = (await does('api', 'show', 'assist')).stdout
      for (const line of [/^asks +models demo$/m, /^url +\S+\/acme\/assist$/m, /^fast +demo$/m]) assert.match(page, line)
      assert.match((await does('api', 'list')).stdout, /^assist +\S+ +models demo/m)
      assert.match((await does('api', 'release', 'assist', '1')).stdout, /^fast +demo$/m)
      assert.match((await does('api', 'test', 'assist')).stdout, /^Its models are served, and have prices: fast \(demo\)\./)
      await does('api', 'remove', 'assist')
    })

    test('what names no model, or no feature, ends with 2; what the gateway refuses with 1', async () => {
      for (const flags of [
        ['--model', 'fast'],
        ['--model', 'fast demo more'],
        ['--features', 'chat,singing'],
      ])
        assert.equal((await runs('api', 'models', 'assist', ...flags)).code, 2, flags.join(' '))
      const refused = await runs('api', 'models', 'assist', '--model', 'fast demo', '--features', 'tools')
      assert.deepEqual([refused.code, /\/policy\/features/.test(refused.stderr)], [1, true], refused.stderr)
    })
  })
}
