package dev.lanekeeper.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code lanekeeper}. */
@Command(name = "lanekeeper", version = "lanekeeper "
    + Main.VERSION, mixinStandardHelpOptions = true, description = "One shared environment, many versions of its services.", synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  static final String VERSION = "0.1.0";

  private static final int WIDTH = 100;
  private static final String[] EXIT_CODES = {
      "0:done",
      "1:failed, or a check did not hold",
      "2:the command line, or a file that it names, cannot be used",
      "3:the control plane cannot be reached",
      "4:the control plane refused; nothing was changed",
      "5:what was named is not there"};

  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** Runs a command and exits with its {@link ExitCode}. */
  public static void main(String[] arguments) {
    Logs.configure();
    System.exit(execute(Session.ofProcess(), arguments));
  }

  /**
   * Runs a command.
   *
   * @return its {@link ExitCode}; {@code run} returns that of its child
   */
  public static int execute(Session session, String... arguments) {
    return commandLine(session).execute(arguments);
  }

  static CommandLine commandLine(Session session) {
    var failures = new Failures(session.screen());
    var line = new CommandLine(new Main());
    for (Object command : commands(session)) {
      line.addSubcommand(command);
    }
    line.addSubcommand(QuarantineCommand.commandLine(session));
    // What follows the program's name is the program's.
    line.addSubcommand(new CommandLine(new Run(session)).setStopAtPositional(true));
    line.setOut(session.screen().resultWriter());
    line.setErr(session.screen().errorWriter());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(WIDTH);
    line.registerConverter(Get.Kind.class, Get.Kind::of);
    line.setColorScheme(new ColorScheme.Builder(session.screen().hasColour() ? Ansi.ON : Ansi.OFF)
        .commands(Ansi.Style.bold).build());
    line.setParameterExceptionHandler(failures::usage);
    line.setExecutionExceptionHandler(failures::failed);
    line.getSubcommands().values().forEach(Main::helps);
    describe(line.getCommandSpec());
    return line;
  }

  private static void helps(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(true);
    describe(command.getCommandSpec());
    command.getSubcommands().values().forEach(Main::helps);
  }

  private static Object[] commands(Session session) {
    return new Object[]{new ControlPlaneCommand(session), new GatewayCommand(session), new TokenCommand(session),
        new Apply(session),
        new Get(session),
        new Delete(session), new Status(session), new OwnerCommand(session), new TraceCommand(session),
        new Wait(session),
        new DemoCommand(session)};
  }

  private static void describe(CommandSpec command) {
    var codes = new java.util.LinkedHashMap<String, String>();
    for (String code : EXIT_CODES) {
      codes.put(code.substring(0, 1), code.substring(2));
    }
    command.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(codes);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "command: none (expected: one of "
        + String.join(", ", spec.subcommands().keySet()) + ")");
  }
}
