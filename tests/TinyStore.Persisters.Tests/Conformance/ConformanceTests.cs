using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Tests.Conformance;

public sealed class CustomPersisterConformance : PersisterConformance
{
    protected override Task<IPersisterFixture> CreateFixtureAsync() => Task.FromResult<IPersisterFixture>(new MemoryPlace());
}

public sealed class ChangesPersisterConformance : PersisterConformance
{
    protected override Task<IPersisterFixture> CreateFixtureAsync() => Task.FromResult<IPersisterFixture>(new DerivedPlace(writesJson: false));
}

public sealed class JsonPersisterConformance : PersisterConformance
{
    protected override Task<IPersisterFixture> CreateFixtureAsync() => Task.FromResult<IPersisterFixture>(new DerivedPlace(writesJson: true));
}

public sealed class FilePersisterConformance : SharedPlaceConformance
{
    protected override Task<IPersisterFixture> CreateFixtureAsync() => Task.FromResult<IPersisterFixture>(new FilePlace());
}
