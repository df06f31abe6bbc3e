import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { OperatorDeniedError } from '#control/operators/operator.errors.js';
import { mayOperate } from '#control/operators/rights/platform-permissions.js';
import { UnauthenticatedError } from '#kernel/resolution/access.errors.js';
import { DOOR_METADATA, type DoorDescription } from '#kernel/plugin/door.js';
import { isPlatformPermission } from '#kernel/plugin/platform-permission.js';
import { routeKindOf } from '#kernel/plugin/route-kind.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { OperatorDenials } from '#main/http/operator-denials.js';
import { AccessUndeclaredError } from '#workspace/access/access.errors.js';

/** Holds every route of operators to the permission of its Door; one that declares none of theirs is refused, to owners too. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly denials: OperatorDenials,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { method, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (routeKindOf(routeOptions.config) !== 'operators') return true;
    const door = this.reflector.get<DoorDescription | undefined>(DOOR_METADATA, context.getHandler());
    if (!isPlatformPermission(door?.permission)) throw new AccessUndeclaredError(`${method} ${routeOptions.url ?? ''}`);
    const { operator } = WorkOrigin.current();
    if (!operator) throw new UnauthenticatedError();
    if (mayOperate(operator.roles, door.permission)) return true;
    await this.denials.record(operator, door.permission);
    throw new OperatorDeniedError(door.permission.name);
  }
}
