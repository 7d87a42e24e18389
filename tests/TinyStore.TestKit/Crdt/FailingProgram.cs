using Xunit.Sdk;

namespace TinyStore.TestKit.Crdt;

/// <summary>
/// Remembers the shortest program that failed, and makes it shorter by leaving out steps for as long as it fails: random
/// shrinking finds short programs, but hardly ever one without a superfluous step.
/// </summary>
/// <param name="run">Runs a program; throws where it fails. May be called from several threads.</param>
internal sealed class FailingProgram(Action<CrdtProgram> run)
{
    private readonly Lock _lock = new();
    private CrdtProgram? _shortest;

    public void Run(CrdtProgram program)
    {
        try
        {
            run(program);
        }
        catch
        {
            lock (_lock)
            {
                if (_shortest is null || program.Steps.Count < _shortest.Steps.Count)
                {
                    _shortest = program;
                }
            }
            throw;
        }
    }

    /// <summary>The failure with its shortest program.</summary>
    public Exception Explain(Exception found)
    {
        if (_shortest is null || TryRun(_shortest) is not { } failure)
        {
            return found;
        }
        var program = _shortest;
        // Halves, quarters, … single steps; single ones until none can be left out.
        for (var size = program.Steps.Count / 2; size >= 1;)
        {
            var before = program;
            for (var at = 0; at + size <= program.Steps.Count;)
            {
                var without = program with { Steps = [.. program.Steps.Take(at), .. program.Steps.Skip(at + size)] };
                if (TryRun(without) is { } still)
                {
                    (program, failure) = (without, still);
                }
                else
                {
                    at += size;
                }
            }
            size = size > 1 ? size / 2 : ReferenceEquals(before, program) ? 0 : 1;
        }
        return new XunitException($"{failure.Message}\n\n{program}\n\n{found.Message.Split('\n')[0]}", failure);
    }

    private Exception? TryRun(CrdtProgram program)
    {
        try
        {
            run(program);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
