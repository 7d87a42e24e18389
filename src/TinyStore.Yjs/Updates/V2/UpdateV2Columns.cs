using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>The columns of an update in format V2 while it is written. <see cref="UpdateV2Reader"/> shows the layout.</summary>
internal sealed class UpdateV2Columns : IDisposable
{
    private readonly IntDiffOptRleWriter _keyClocks = new();
    private uint _nextKey;

    public UintOptRleWriter Clients { get; } = new();

    public IntDiffOptRleWriter LeftClocks { get; } = new();

    public IntDiffOptRleWriter RightClocks { get; } = new();

    public RleByteWriter Infos { get; } = new();

    public StringColumnWriter Strings { get; } = new();

    public RleByteWriter ParentInfos { get; } = new();

    public UintOptRleWriter TypeRefs { get; } = new();

    public UintOptRleWriter Lengths { get; } = new();

    public Lib0Writer Rest { get; } = new(1024);

    /// <summary>Yjs numbers every key anew, also one that it wrote before, and so do we.</summary>
    public void WriteName(ReadOnlySpan<byte> utf8)
    {
        _keyClocks.Write(_nextKey++);
        Strings.Write(utf8);
    }

    /// <summary>Ends the columns and puts them together.</summary>
    public void Finish(Lib0Writer output)
    {
        output.Reserve(Strings.Length + LeftClocks.Length + Rest.Length + 256); // the columns that grow with a document
        output.WriteByte(0);
        output.WriteVarBytes(_keyClocks.Finish());
        output.WriteVarBytes(Clients.Finish());
        output.WriteVarBytes(LeftClocks.Finish());
        output.WriteVarBytes(RightClocks.Finish());
        output.WriteVarBytes(Infos.Finish());
        Strings.Finish(output);
        output.WriteVarBytes(ParentInfos.Finish());
        output.WriteVarBytes(TypeRefs.Finish());
        output.WriteVarBytes(Lengths.Finish());
        output.WriteBytes(Rest.Written);
    }

    public void Dispose()
    {
        _keyClocks.Dispose();
        Clients.Dispose();
        LeftClocks.Dispose();
        RightClocks.Dispose();
        Infos.Dispose();
        Strings.Dispose();
        ParentInfos.Dispose();
        TypeRefs.Dispose();
        Lengths.Dispose();
        Rest.Dispose();
    }
}
