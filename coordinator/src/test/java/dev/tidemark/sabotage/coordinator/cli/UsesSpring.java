package dev.tidemark.sabotage.coordinator.cli;

import org.springframework.web.bind.annotation.RestController;

@RestController
public final class UsesSpring {}
