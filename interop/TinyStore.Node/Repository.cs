namespace TinyStore.Node;

/// <summary>Where the files of this repository are, seen from the output folder of one of its programs.</summary>
public static class Repository
{
    /// <summary>The folder of the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The npm package with the JavaScript peers.</summary>
    public static string JavaScript => Path.Combine(Root, "interop", "js");

    /// <summary>Recorded documents.</summary>
    public static string Fixtures => Path.Combine(Root, "interop", "fixtures");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TinyStore.Crdt.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds TinyStore.Crdt.sln: run it inside the repository.");
    }
}
