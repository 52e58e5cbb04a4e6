import { passesThrough } from '../apis/passing.ts'

passesThrough(500 * 1024 * 1024)
