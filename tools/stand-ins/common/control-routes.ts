import type { Answer, Question } from './answer.js';
import type { Faults } from './faults.js';
import type { RequestLog } from './request-log.js';

/** Answers the switches that tests and demonstrations use: read or clear the log, plan faults or take them all away. */
export function answerControl<Fault>(faults: Faults<Fault>, log: RequestLog, question: Question): Answer {
  switch (`${question.method} ${question.path}`) {
    case 'GET /_control/log':
      return { status: 200, body: { requests: log.all() } };
    case 'DELETE /_control/log':
      log.clear();
      return { status: 204 };
    case 'POST /_control/faults':
      return plan(faults, question.body);
    case 'DELETE /_control/faults':
      faults.clear();
      return { status: 204 };
    default:
      return { status: 404, body: { error: { code: 'NotFound', message: 'There is no such switch.' } } };
  }
}

function plan<Fault>(faults: Faults<Fault>, body: string): Answer {
  try {
    faults.plan(JSON.parse(body));
    return { status: 204 };
  } catch (error) {
    return { status: 400, body: { error: { code: 'BadParameter', message: String(error) } } };
  }
}
