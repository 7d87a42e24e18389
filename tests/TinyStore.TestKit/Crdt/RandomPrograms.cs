using CsCheck;

namespace TinyStore.TestKit.Crdt;

/// <summary>Runs random programs, and shows the shortest that fails.</summary>
public static class RandomPrograms
{
    /// <summary>Runs them. A failure has the program, and a seed for the environment variable <c>CsCheck_Seed</c>.</summary>
    /// <param name="run">Runs one; throws where it fails. Called from several threads unless there is to be only one.</param>
    /// <param name="programs">How many.</param>
    /// <param name="threads">On how many threads; -1 for as many as there are cores.</param>
    public static void Run(Action<CrdtProgram> run, int programs, int threads = -1)
    {
        var failing = new FailingProgram(run);
        try
        {
            CrdtProgram.Gen.Sample(failing.Run, iter: programs, threads: threads, print: program => $"{program.Steps.Count} steps");
        }
        catch (CsCheckException error)
        {
            throw failing.Explain(error);
        }
    }
}
