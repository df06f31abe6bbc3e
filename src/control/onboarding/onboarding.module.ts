import { Module } from '@nestjs/common';
import { OnboardingsController } from '#control/onboarding/onboardings.controller.js';
import { SignUpController } from '#control/onboarding/signup.controller.js';

@Module({ controllers: [SignUpController, OnboardingsController] })
export class OnboardingModule {}
