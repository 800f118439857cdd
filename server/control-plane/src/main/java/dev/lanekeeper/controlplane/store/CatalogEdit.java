package dev.lanekeeper.controlplane.store;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.lanekeeper.api.ApiJson;
import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing of the catalog beside the route table that became another, in a form that can be written down: by these a replica
 * brings its catalog up to what others wrote.
 *
 * @param kind what it is
 * @param key which one
 * @param body what it is now; null: it is gone
 */
record CatalogEdit(Kind kind, String key, @Nullable String body) {

  /** What a catalog holds. */
  enum Kind {
    DOCUMENT, TENANT, READING, ANNOUNCEMENT
  }

  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
  /** The body of a reading. */
  private static final String WITHOUT_HANDOVERS = "without handovers";

  private record TenantBody(String document, long from, @Nullable Long expiresAt) {}

  private record AnnouncementBody(String incarnation, String workload, @Nullable String address) {}

  static CatalogEdit of(Document document) {
    return new CatalogEdit(Kind.DOCUMENT, document.kind() + " " + document.key(), Documents.writeJson(document));
  }

  static CatalogEdit without(ServiceName service) {
    return new CatalogEdit(Kind.DOCUMENT, ServiceDocument.KIND + " " + service.folded(), null);
  }

  static CatalogEdit withoutCluster(String name) {
    return new CatalogEdit(Kind.DOCUMENT, ClusterDocument.KIND + " " + name, null);
  }

  static CatalogEdit of(RegisteredTenant tenant) {
    return new CatalogEdit(Kind.TENANT, tenant.document().key(), ApiJson
        .write(new TenantBody(Documents.writeJson(tenant.document()), tenant.from(), tenant.expiresAtMillis())));
  }

  static CatalogEdit without(Tenancy tenancy) {
    return new CatalogEdit(Kind.TENANT, tenancy.text(), null);
  }

  static CatalogEdit of(Reading reading) {
    return new CatalogEdit(Kind.READING, key(reading), reading.handovers() ? "" : WITHOUT_HANDOVERS);
  }

  static CatalogEdit without(Reading reading) {
    return new CatalogEdit(Kind.READING, key(reading), null);
  }

  private static String key(Reading reading) {
    return ApiJson.write(List.of(reading.service().text(), reading.incarnation(), reading.bootstrap(), reading.group(),
        reading.topic()));
  }

  static CatalogEdit of(StoredAnnouncement announcement) {
    URI address = announcement.address();
    return new CatalogEdit(Kind.ANNOUNCEMENT, announcement.instance(),
        ApiJson.write(new AnnouncementBody(announcement.incarnation().id(), announcement.workload(),
            address == null ? null : address.toString())));
  }

  static CatalogEdit withoutAnnouncement(String instance) {
    return new CatalogEdit(Kind.ANNOUNCEMENT, instance, null);
  }

  /** Does to a catalog what was done. */
  void apply(CatalogChange catalog) {
    switch (kind) {
      case DOCUMENT -> applyDocument(catalog);
      case TENANT -> {
        if (body == null) {
          catalog.remove(new Tenancy(key));
        } else {
          TenantBody tenant = ApiJson.read(body, TenantBody.class);
          catalog.put(new RegisteredTenant((TenantDocument) document(tenant.document()), tenant.from(),
              tenant.expiresAt()));
        }
      }
      case READING -> {
        List<String> parts = ApiJson.read(key, TEXTS);
        Reading reading =
            new Reading(ServiceName.of(parts.get(0)), parts.get(1), parts.get(2), parts.get(3), parts.get(4),
                !WITHOUT_HANDOVERS.equals(body));
        if (body == null) {
          catalog.remove(reading);
        } else {
          catalog.put(reading);
        }
      }
      case ANNOUNCEMENT -> {
        if (body == null) {
          catalog.removeAnnouncement(key);
        } else {
          AnnouncementBody read = ApiJson.read(body, AnnouncementBody.class);
          String address = read.address();
          catalog.put(new StoredAnnouncement(key, new Incarnation(read.incarnation()), read.workload(),
              address == null ? null : URI.create(address)));
        }
      }
    }
  }

  private void applyDocument(CatalogChange catalog) {
    if (body != null) {
      catalog.put(document(body));
      return;
    }
    int space = key.indexOf(' ');
    String name = key.substring(space + 1);
    switch (key.substring(0, space)) {
      case ServiceDocument.KIND -> catalog.remove(ServiceName.of(name));
      case ClusterDocument.KIND -> catalog.removeCluster(name);
      default -> throw new StoreException("edits: " + key + " cannot be removed", null);
    }
  }

  /** A document as it was written. */
  static Document document(String body) {
    try {
      return Documents.read("store", body).get(0);
    } catch (DocumentException e) {
      throw new StoreException("documents: one that this version cannot read", e);
    }
  }
}
