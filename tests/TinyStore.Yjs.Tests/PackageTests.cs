using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using TinyStore.Node;

namespace TinyStore.Yjs.Tests;

/// <summary>What a package manager gets: the library as it was built for these tests, packed.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tinystore-pack-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Pack_HoldsLibraryDocsReadmeAndSymbols()
    {
        await PackAsync();
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(_folder, "TinyStore.Yjs.*.nupkg")));
        var files = package.Entries.Select(entry => entry.FullName).ToHashSet();
        Assert.Superset(new HashSet<string> { "README.md", "lib/net10.0/TinyStore.Yjs.dll", "lib/net10.0/TinyStore.Yjs.xml", "TinyStore.Yjs.nuspec" }, files);

        await using var nuspec = await package.GetEntry("TinyStore.Yjs.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        var metadata = (await XDocument.LoadAsync(nuspec, LoadOptions.None, TestContext.Current.CancellationToken)).Root!.Elements().First();
        string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
        Assert.Equal("TinyStore.Yjs", Value("id"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Contains("Yjs", Value("description"), StringComparison.Ordinal);
        Assert.Contains("yjs", Value("tags")!.Split(' '));
        // The engine stands alone: an analyzer is no dependency.
        Assert.DoesNotContain(metadata.Descendants(), element => element.Name.LocalName == "dependency");

        using var symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(_folder, "TinyStore.Yjs.*.snupkg")));
        Assert.Contains(symbols.Entries, entry => entry.FullName == "lib/net10.0/TinyStore.Yjs.pdb");
    }

    private async Task PackAsync()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        Assert.Equal("net10.0", output.Name);
        var start = new ProcessStartInfo("dotnet", ["pack", "--no-build", "--configuration", output.Parent!.Name, "--output", _folder, "--verbosity", "quiet"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "src", "TinyStore.Yjs"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var pack = Process.Start(start)!;
        var error = pack.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await pack.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await error;
        await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(pack.ExitCode == 0, said);
    }
}
