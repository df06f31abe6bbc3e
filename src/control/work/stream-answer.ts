import { StreamableFile } from '@nestjs/common';
import type { ChangeStreams } from '#control/work/change-streams.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';

/** An answer that says when its reader has gone. */
export interface StreamAnswer extends AnswerHeaders {
  readonly raw: { once(event: 'close', listener: () => void): unknown };
}

/** Answers with a stream of events, which ends with its reader. */
export function streamed({ stream, end }: ReturnType<ChangeStreams['begin']>, answer: StreamAnswer): StreamableFile {
  answer.raw.once('close', end);
  answer.header('x-accel-buffering', 'no');
  answer.header('connection', 'close');
  return new StreamableFile(stream, { type: 'text/event-stream' });
}
