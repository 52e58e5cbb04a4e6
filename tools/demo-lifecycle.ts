/**
 * Tells the life of an API while it happens, offline: a service of somebody else, unmodified, is imported, mocked, tested, published,
 * subscribed to, paid for, tried as a canary, rolled back, deprecated and retired; then a prompt is published, edited and rolled back.
 * Whatever is not as told ends it with 1. `npm run demo:lifecycle [-- --html FILE]`.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pageOf } from './lifecycle/page.ts'
import { promptStory } from './lifecycle/prompt-story.ts'
import { serviceStory } from './lifecycle/service-story.ts'
import { Story } from './lifecycle/story.ts'
import { openWorld } from './lifecycle/world.ts'

const { values } = parseArgs({ options: { html: { type: 'string' } } })
const started = performance.now()
const world = await openWorld()
const story = new Story(world.url, world.folder, (text) => process.stdout.write(`${text}\n`))
try {
  await serviceStory(story, world)
  await promptStory(story, world)
  const checks = story.told.filter(({ kind }) => kind === 'check').length
  process.stdout.write(`\nAll ${checks} checks hold, after ${Math.round((performance.now() - started) / 1000)} s.\n`)
} catch (error) {
  process.stdout.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await world.stop()
}
if (values.html !== undefined) writeFileSync(resolve(values.html), pageOf('The life of an API', story.told))
